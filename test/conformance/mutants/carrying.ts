/** Drivers that carry something else than what was asked for. */
import { SchedError } from '../../../src/errors.js';
import { but, type Mutant, onBoth } from './mutant.js';

export const carryingMutants: readonly Mutant[] = [
  ...onBoth({
    name: 'drops parameters',
    law: 'everything that the manifest accepts reads back without a difference',
    broken: but(({ create }) => ({
      create: (request, call) => create({ ...request, spec: { ...request.spec, parameters: {} } }, call),
    })),
  }),
  ...onBoth({
    name: 'hides the difference by leaving the field out',
    law: 'every field that the manifest does not except can be compared',
    broken: but(({ read }) => ({
      async read(nativeId, call) {
        const native = await read(nativeId, call);
        const { parameters: _left, ...projection } = native?.projection ?? {};
        return native && { ...native, projection };
      },
    })),
  }),
  ...onBoth({
    name: 'trims texts',
    law: 'texts are carried to the byte',
    broken: but(({ create }) => ({
      create: (request, call) =>
        create({ ...request, spec: JSON.parse(JSON.stringify(request.spec).replaceAll('\\r\\n', '\\n')) }, call),
    })),
  }),
  ...onBoth({
    name: 'starts what was to be made paused',
    law: 'what is made paused stands paused, where the target can pause',
    broken: but(({ create }) => ({ create: (request, call) => create({ ...request, paused: false }, call) })),
  }),
  ...onBoth({
    name: 'rewrites what was typed',
    law: 'a timing is carried exactly or refused without a request',
    broken: but(({ create }) => ({
      create: (request, call) =>
        create({ ...request, spec: JSON.parse(JSON.stringify(request.spec).replace('JAN,feb mon', '1,2 1')) }, call),
    })),
  }),
  ...onBoth({
    name: 'asks the target before it refuses',
    law: 'a timing is carried exactly or refused without a request',
    broken: but(({ create, identity }) => ({
      async create(request, call) {
        await identity(call);
        if (request.spec.timing.kind === 'cron' && request.spec.timing.expression.startsWith('@')) {
          throw new SchedError('UNSUPPORTED', 'no macros');
        }
        return await create(request, call);
      },
    })),
  }),
  ...onBoth({
    name: 'has room for three words',
    law: 'any spec is carried exactly or refused without a request',
    broken: but(({ create }) => ({
      create(request, call) {
        const { run } = request.spec;
        const short = 'argv' in run ? { ...run, argv: run.argv.slice(0, 3) } : run;
        return create({ ...request, spec: { ...request.spec, run: short } }, call);
      },
    })),
  }),
  ...onBoth({
    name: 'falls over names that are no plain words',
    law: 'any name and a NUL are carried exactly or refused without a request',
    broken: but(({ create }) => ({
      create: (request, call) =>
        /^[ -~]*$/.test(request.spec.name)
          ? create(request, call)
          : Promise.reject(new SchedError('FAILED', 'bad name')),
    })),
  }),
];
