import { setTimeout } from 'node:timers/promises';
import type { OptionDefinition } from './command.js';
import type { Sink } from './streams.js';

/** For commands that can be shown again and again. */
export const WATCH_OPTION: OptionDefinition = {
  flags: '-w, --watch',
  help: 'show it again every two seconds, until Ctrl-C',
};

const PAUSE_MS = 2_000;
/** Home and clear to the end (ECMA-48 CUP, ED): the picture is drawn over, not scrolled away. */
const DRAW_OVER = '\u001b[H\u001b[J';

/** Shows `round` until the signal is aborted; in a terminal each over the one before. Throws the signal's reason. */
export async function keepWatching(round: () => Promise<number>, signal: AbortSignal, stdout: Sink): Promise<never> {
  for (;;) {
    if (stdout.terminal) {
      await stdout.write(DRAW_OVER);
    }
    await round();
    await setTimeout(PAUSE_MS, undefined, { signal });
  }
}
