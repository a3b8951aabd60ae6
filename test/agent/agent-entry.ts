import { type AgentOptions, runAgent } from '../../src/agent/agent.js';
import { systemClock } from '../../src/clock.js';

/** What can be said in JSON. */
export type EntryOptions = Pick<AgentOptions, 'once' | 'graceSeconds' | 'killSeconds' | 'poll'>;

/** An agent as a process of its own: the file and the options as JSON; the first signal stops it, the second ends its programs. */
const [file = '', options = '{}'] = process.argv.slice(2);
const stop = new AbortController();
const terminate = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.on(name, () => (stop.signal.aborted ? terminate : stop).abort());
}
const given = JSON.parse(options) as EntryOptions;
const report = await runAgent({
  file,
  clock: systemClock,
  signal: stop.signal,
  terminate: terminate.signal,
  onProblem: (error) => process.stderr.write(`${String(error)}\n`),
  ...given,
});
process.stdout.write(JSON.stringify(report));
