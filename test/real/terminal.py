"""Runs one program in a terminal of its own and answers what it asks.

Reads from standard input, as JSON: argv, env, cwd, columns, steps (each with the pattern to wait for and the text to type).
Writes the exit status, everything the terminal showed, and which pattern did not come, as JSON.
"""

import fcntl
import json
import os
import pty
import re
import select
import struct
import sys
import termios
import time

PATIENCE = 20.0
CONTROL = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


def main():
    task = json.load(sys.stdin)
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(task["cwd"])
        os.execve(task["argv"][0], task["argv"], task["env"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, task["columns"], 0, 0))
    shown = ""
    seen = 0
    missing = None
    steps = list(task["steps"])
    until = time.monotonic() + PATIENCE
    open_ = True
    while open_:
        if time.monotonic() > until:
            missing = steps[0]["wait"] if steps else "the end"
            os.kill(pid, 9)
            break
        ready, _, _ = select.select([terminal], [], [], 0.1)
        if ready:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                data = b""
            if data == b"":
                open_ = False
            shown += data.decode("utf-8", "replace")
        plain = CONTROL.sub("", shown)
        if steps:
            found = re.search(steps[0]["wait"], plain[seen:])
            if found:
                seen += found.end()
                # A prompt listens once it has been drawn.
                time.sleep(0.15)
                os.write(terminal, steps.pop(0)["type"].encode())
                until = time.monotonic() + PATIENCE
    _, status = os.waitpid(pid, 0)
    if steps and missing is None:
        missing = steps[0]["wait"]
    json.dump(
        {
            "exit": os.waitstatus_to_exitcode(status),
            "raw": shown,
            "shown": CONTROL.sub("", shown).replace("\r\n", "\n"),
            "missing": missing,
        },
        sys.stdout,
    )


main()
