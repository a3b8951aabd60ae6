import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const program = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'bin', 'sched.cjs');
let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sched-process-'));
});

afterAll(() => {
  rmSync(home, { recursive: true });
});

function sched(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function shell(line: string) {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', line], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, NODE: process.execPath, SCHED: program },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** The built program, as it is installed. */
describe('the built program', () => {
  test('alone, with --help, and in its full forms shows the same list', () => {
    const { status, stdout, stderr } = sched();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: sched VERB \[options\]\n/);
    for (const words of [
      ['--help'],
      ['-h'],
      ['help'],
      ['schedule'],
      ['schedule', '--help'],
      ['pipeline', '--help'],
      ['pipeline', 'schedule', '-h'],
    ]) {
      expect(sched(...words)).toEqual({ status: 0, stdout, stderr: '' });
    }
  });

  test('shows the help of a command in each way of asking', () => {
    const { stdout, status } = sched('version', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('Examples:\n  sched version');
    expect(stdout).not.toContain('\u001b');
    for (const words of [
      ['help', 'version'],
      ['-h', 'version'],
      ['schedule', 'version', '-h'],
      ['schedule', 'help', 'version'],
    ]) {
      expect(sched(...words).stdout).toBe(stdout);
    }
  });

  test.each([['--version'], ['-V']])('%s is its version', (word) => {
    expect(sched(word).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('tells wrong words in one sentence and a line that helps', () => {
    expect(sched('verson')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'error: There is no command verson.\n  Did you mean version? See: sched --help\n',
    });
  });

  test('opens nothing for help', () => {
    sched('list', '--help');
    expect(existsSync(join(home, '.local'))).toBe(false);
  });

  test('is quiet when its reader goes early, and when stdout is closed', () => {
    expect(shell('"$NODE" "$SCHED" completion bash | head -n 1').stderr).toBe('');
    expect(shell('"$NODE" "$SCHED" completion bash | true').stderr).toBe('');
    expect(shell('"$NODE" "$SCHED" completion bash >&-')).toMatchObject({ status: 0, stderr: '' });
    expect(shell('"$NODE" "$SCHED" version <&-')).toMatchObject({ status: 0, stderr: '' });
  });

  test('says when stdout is full', () => {
    const { status, stderr } = shell('"$NODE" "$SCHED" completion bash > /dev/full');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: stdout cannot be written\.\n/);
  });

  test('writes everything before it ends, into a slow pipe too', () => {
    const whole = sched('completion', 'fish').stdout;
    expect(shell('"$NODE" "$SCHED" completion fish | { sleep 0.3; cat; }').stdout).toBe(whole);
  });

  test('finds the registry of a project file, and warns of unknown settings', () => {
    writeFileSync(join(home, 'sched.yaml'), 'registry: here.db\nregistri: there.db\n');
    const { stdout, stderr } = sched('registry', 'path');
    expect(stdout).toBe(`${join(home, 'here.db')}\n`);
    expect(stderr).toContain('registri is not a setting; did you mean registry?');
    rmSync(join(home, 'sched.yaml'));
  });

  test('hands Ctrl-C to the command, which may end in order', async () => {
    const child = spawn(process.execPath, [program, 'agent', '--registry', join(home, 'agent.db')], {
      cwd: home,
      env: { PATH: process.env.PATH, HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => {
      child.on('exit', (code) => resolve(code));
    });
    await new Promise((resolve) => {
      child.stderr.once('data', resolve);
    });
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  test('ships the completions that it prints', () => {
    const file = join(dirname(program), '..', 'completions', 'sched.bash');
    expect(sched('completion', 'bash').stdout).toBe(readFileSync(file, 'utf8'));
  });
});
