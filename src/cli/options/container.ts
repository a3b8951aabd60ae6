/** Options of a container beside its image, its command and its environment. */
import { SchedError } from '../../errors.js';
import type { ContainerRun, SecretReference } from '../../schedule.js';
import type { OptionDefinition, Typed } from '../command.js';
import { checkVariable } from './environment.js';
import { flag, pairs, text, texts } from './typed.js';

/** The parts of a container that have options of their own. */
export type ContainerParts = Omit<ContainerRun, 'kind' | 'image' | 'argv'>;

/** Options of containers alone, under a heading of the help. */
export function containerOptions(group: string): readonly OptionDefinition[] {
  return [
    {
      flags: '--secret-env <name=secret/key>',
      help: 'an environment variable from a secret that the orchestrator keeps',
      group,
      repeat: true,
    },
    {
      flags: '--requests <resource=amount>',
      help: 'what a container is given: cpu=500m,memory=1Gi',
      group,
      repeat: true,
    },
    { flags: '--limits <resource=amount>', help: 'what it may use at most: memory=2Gi', group, repeat: true },
    { flags: '--node-selector <key=value>', help: 'run it on nodes with this label only', group, repeat: true },
    { flags: '--service-account <name>', help: 'run it as this service account', group },
    { flags: '--image-pull-secret <name>', help: 'a secret that the image is pulled with', group, repeat: true },
  ];
}

/** Options of `update` that remove parts of a container, under a heading of the help. */
export function clearContainerOptions(group: string): readonly OptionDefinition[] {
  return [
    { flags: '--clear-secret-env <name>', help: 'remove one environment variable from a secret', repeat: true, group },
    { flags: '--clear-request <resource>', help: 'remove one resource request', repeat: true, group },
    { flags: '--clear-limit <resource>', help: 'remove one resource limit', repeat: true, group },
    { flags: '--clear-node-selector <key>', help: 'remove one label of nodes', repeat: true, group },
    { flags: '--clear-service-account', help: 'remove the service account', group },
    { flags: '--clear-image-pull-secret <name>', help: 'remove one secret for pulling images', repeat: true, group },
  ];
}

/** A container's parts as typed, laid over what is known of `before`; `env` is what was typed of the plain environment. Throws USAGE. */
export function readContainerParts(
  options: Typed,
  env: Readonly<Record<string, string>>,
  before: Partial<ContainerParts>,
): ContainerParts {
  const secretEnv = readSecretEnv(options);
  const twice = Object.keys(secretEnv).find((name) => name in env);
  if (twice !== undefined) {
    throw new SchedError('USAGE', `${twice} is given twice: in --secret-env and as a plain environment variable.`);
  }
  return {
    // What is named now takes the place of what the variable was, plain or from a secret.
    env: { ...without(before.env ?? {}, Object.keys(secretEnv)), ...env },
    secretEnv: { ...without(before.secretEnv ?? {}, Object.keys(env)), ...secretEnv },
    resources: {
      requests: { ...before.resources?.requests, ...readAmounts(options, 'requests') },
      limits: { ...before.resources?.limits, ...readAmounts(options, 'limits') },
    },
    nodeSelector: { ...before.nodeSelector, ...pairs(options, 'nodeSelector', '--node-selector') },
    serviceAccount: readName(options, 'serviceAccount', '--service-account') ?? before.serviceAccount ?? null,
    imagePullSecrets: [
      ...new Set([
        ...(before.imagePullSecrets ?? []),
        ...texts(options, 'imagePullSecret').map((name) => checkGiven(name, '--image-pull-secret')),
      ]),
    ],
  };
}

/** Takes away what the `--clear-…` options name. */
export function clearContainerParts(run: ContainerRun, options: Typed): ContainerRun {
  return {
    ...run,
    secretEnv: without(run.secretEnv, texts(options, 'clearSecretEnv')),
    resources: {
      requests: without(run.resources.requests, texts(options, 'clearRequest')),
      limits: without(run.resources.limits, texts(options, 'clearLimit')),
    },
    nodeSelector: without(run.nodeSelector, texts(options, 'clearNodeSelector')),
    serviceAccount: flag(options, 'clearServiceAccount') ? null : run.serviceAccount,
    imagePullSecrets: run.imagePullSecrets.filter((name) => !texts(options, 'clearImagePullSecret').includes(name)),
  };
}

/** Members whose names are not among `names`. */
export function without<T>(values: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

/** The value of an option that names something. Throws USAGE when it is empty. */
export function readName(options: Typed, key: string, option: string): string | undefined {
  const name = text(options, key);
  return name === undefined ? undefined : checkGiven(name, option);
}

function checkGiven(name: string, option: string): string {
  if (name.trim() === '') {
    throw new SchedError('USAGE', `${option} takes a name, not an empty text.`);
  }
  return name;
}

/** kubectl's lists: `cpu=500m,memory=1Gi`, also several times. */
function readAmounts(options: Typed, key: 'requests' | 'limits'): Readonly<Record<string, string>> {
  const amounts = texts(options, key).flatMap((list) => list.split(',').map((part) => part.trim()));
  return Object.fromEntries(
    amounts.map((part) => {
      const [, resource, amount] = /^([^=\s]+)=(\S+)$/.exec(part) ?? [];
      if (resource === undefined || amount === undefined) {
        throw new SchedError('USAGE', `--${key} takes RESOURCE=AMOUNT, not ${JSON.stringify(part)}.`, {
          hint: `--${key} cpu=500m,memory=1Gi`,
        });
      }
      return [resource, amount];
    }),
  );
}

const SECRET_HINT = '--secret-env TOKEN=SECRET/KEY names one key of a secret that the orchestrator keeps.';

function readSecretEnv(options: Typed): Readonly<Record<string, SecretReference>> {
  return Object.fromEntries(
    Object.entries(pairs(options, 'secretEnv', '--secret-env')).map(([name, value]) => {
      checkVariable(name);
      if (value.includes('$')) {
        throw new SchedError('USAGE', `The secret of ${name} is never filled in here: it would be stored.`, {
          hint: SECRET_HINT,
        });
      }
      // The characters of a Kubernetes secret's name and keys; other targets have fewer.
      const [, secret, key] = /^([A-Za-z0-9._-]+)\/([A-Za-z0-9._-]+)$/.exec(value) ?? [];
      if (secret === undefined || key === undefined) {
        // What stands there may be the secret itself: it is not repeated.
        throw new SchedError('USAGE', `--secret-env ${name} does not name a secret and its key.`, {
          hint: SECRET_HINT,
        });
      }
      return [name, { secret, key }];
    }),
  );
}
