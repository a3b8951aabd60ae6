/**
 * robfig/cron, the library by which Kubernetes reads and counts schedules, behind a small program of ours (main.go). It is
 * built by `go` once for each version of its sources, into the cache folder of the real-server tests.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const SOURCES = import.meta.dirname;
/** Bytes of answers in one go. */
const MOST = 1 << 30;

/** One question: the next `count` occurrences after `from` (milliseconds), whether a zone exists, the names of all, an offset. */
export type Question =
  | readonly ['next', expression: string, zone: string, from: number, count: number]
  | readonly ['zone', name: string]
  | readonly ['zones']
  | readonly ['offset', zone: string, instant: number];

/** Milliseconds; names; true for a zone that exists; the library's own sentence for what it refuses; `endless` when it never comes back. */
export type Answer = readonly number[] | readonly string[] | number | true | 'endless' | { readonly error: string };

/** The judge, built when it is not there yet (seconds; minutes on a machine without Go's build cache). Throws when there is no Go. */
export function openJudge(): (questions: readonly Question[]) => readonly Answer[] {
  const env = { ...process.env, PATH: [process.env.PATH, '/usr/local/go/bin'].join(delimiter), CGO_ENABLED: '0' };
  const go = (...words: readonly string[]): string =>
    execFileSync('go', words, { cwd: SOURCES, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  const [version, root] = go('env', 'GOVERSION', 'GOROOT').split('\n') as [string, string];
  const hash = createHash('sha256').update(version);
  for (const name of ['main.go', 'go.mod', 'go.sum']) {
    hash.update(readFileSync(join(SOURCES, name)));
  }
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sched-test', 'cron-dialects');
  const program = join(cache, `judge-${hash.digest('hex').slice(0, 12)}`);
  if (!existsSync(program)) {
    mkdirSync(cache, { recursive: true });
    const made = `${program}-${process.pid}`;
    go('build', '-trimpath', '-buildvcs=false', '-o', made, '.');
    renameSync(made, program);
  }
  return (questions) => {
    const input = questions.map((question) => `${words(question).join('\t')}\n`).join('');
    // Go's own zone data, not the machine's: what a control plane's image has.
    const told = { ...env, ZONEINFO: join(root, 'lib/time/zoneinfo.zip') };
    const answers = execFileSync(program, { input, env: told, encoding: 'utf8', maxBuffer: MOST });
    return answers.trimEnd().split('\n').map(milliseconds);
  };
}

function words(question: Question): readonly (string | number)[] {
  switch (question[0]) {
    case 'next':
      return [question[0], question[1], question[2], Math.floor(question[3] / 1000), question[4]];
    case 'zone':
    case 'zones':
      return question;
    case 'offset':
      return [question[0], question[1], Math.floor(question[2] / 1000)];
  }
}

function milliseconds(line: string): Answer {
  const answer = JSON.parse(line) as Answer;
  if (typeof answer === 'number') {
    return answer * 1000;
  }
  return isNumbers(answer) ? answer.map((seconds) => seconds * 1000) : answer;
}

/** True for a list of instants. */
export function isNumbers(answer: Answer | undefined): answer is readonly number[] {
  return Array.isArray(answer) && answer.every((one) => typeof one === 'number');
}
