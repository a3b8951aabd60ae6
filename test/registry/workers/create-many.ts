import { existsSync } from 'node:fs';
import { create, makeRun, open } from '../support.js';

// Opens the registry FILE once GATE exists, and makes COUNT schedules named after WHO, each with a run.
const [file = '', gate = '', who = '', count = '0'] = process.argv.slice(2);
while (!existsSync(gate)) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}
const registry = open(file);
for (let index = 0; index < Number(count); index += 1) {
  const { id } = create(
    registry,
    { spec: { name: `${who}-${index}` } },
    { holder: { actor: who, host: 'here', pid: process.pid } },
  );
  registry.saveRuns([{ scheduleId: id, run: makeRun() }]);
}
registry.close();
