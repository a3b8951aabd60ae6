/** What a schedule runs, as `get` shows it. */
import { expect, test } from '@jest/globals';
import { createPainter } from '../../src/cli/render/style.js';
import type { Sink } from '../../src/cli/streams.js';
import { facts } from '../../src/present/schedule.js';
import { runFacts } from '../../src/present/workload.js';
import type { RunSpec } from '../../src/schedule.js';

const pipe = { terminal: false, colour: false, width: Number.POSITIVE_INFINITY } as unknown as Sink;

async function shown(run: RunSpec): Promise<readonly string[]> {
  const { style } = await createPainter(pipe, 0);
  return facts(await runFacts(run, style), style).split('\n');
}

const bare: Extract<RunSpec, { kind: 'container' }> = {
  kind: 'container',
  image: 'acme/train:1.4',
  argv: [],
  env: {},
  secretEnv: {},
  resources: { requests: {}, limits: {} },
  nodeSelector: {},
  serviceAccount: null,
  imagePullSecrets: [],
};

test('a container shows what it has, and where its secrets come from', async () => {
  expect(
    await shown({
      ...bare,
      argv: ['python', 'train.py', 'a b'],
      env: { EPOCHS: '3' },
      secretEnv: { TOKEN: { secret: 'registry-login', key: 'token' } },
      resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '2Gi' } },
      nodeSelector: { pool: 'gpu' },
      serviceAccount: 'trainer',
      imagePullSecrets: ['one', 'two'],
    }),
  ).toEqual([
    "  command       acme/train:1.4 python train.py 'a b'",
    '  environment   EPOCHS=3',
    '                TOKEN (from secret registry-login, key token)',
    '  requests      cpu=500m, memory=1Gi',
    '  limits        memory=2Gi',
    '  nodes         pool=gpu',
    '  account       trainer',
    '  pull secrets  one, two',
  ]);
});

test('a bare container shows its image alone', async () => {
  expect(await shown(bare)).toEqual(['  command  acme/train:1.4']);
});

test('a template is YAML, indented, and safe to hand to kubectl', async () => {
  const containers = [{ name: 'main', args: ['yes', '0644'] }];
  expect(await shown({ kind: 'template', template: { spec: { template: { spec: { containers } } } } })).toEqual([
    '  template  spec:',
    '              template:',
    '                spec:',
    '                  containers:',
    '                    - name: main',
    '                      args:',
    '                        - "yes"',
    '                        - "0644"',
  ]);
});

test('a command shows its folder, a reference its id', async () => {
  expect(await shown({ kind: 'command', argv: ['./a.sh'], cwd: '/b', env: { C: 'd' } })).toEqual([
    '  command      ./a.sh',
    '  directory    /b',
    '  environment  C=d',
  ]);
  expect(await shown({ kind: 'reference', id: 'dag' })).toEqual(['  command  dag']);
});
