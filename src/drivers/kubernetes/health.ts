/** What keeps runs from starting, beside rights: one look each. They throw what the API throws. */
import { isSchedError } from '../../errors.js';
import type { Json } from '../../schedule.js';
import type { Call, CheckItem } from '../driver.js';
import type { Api } from './api.js';
import { SCHEDULE_LABEL } from './names.js';
import { jobsPath, namespacePath, podsPath } from './paths.js';
import { shareOf } from './quantity.js';
import { listAt, type Tree, textAt, treeAt, valueAt } from './tree.js';

/** How many are named; the others are counted. */
const NAMED = 3;
/** From this share on a quota is nearly used up. */
const NEARLY = 0.9;
/** A quota of schedules keeps new ones from being made; those that stand run on. */
const SCHEDULE_QUOTA = 'count/cronjobs.batch';
/** What of a quota schedules and runs need. */
const QUOTAS = [
  SCHEDULE_QUOTA,
  'count/jobs.batch',
  'pods',
  'count/pods',
  ...['cpu', 'memory'].flatMap((resource) => [resource, `requests.${resource}`, `limits.${resource}`]),
];
/** What a container that is merely starting waits for. */
const STARTING = ['ContainerCreating', 'PodInitializing'];
const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];
const PULL_TYPES = ['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'];

/** Whether the service account of runs exists. */
export async function serviceAccount(api: Api, name: string, call: Call): Promise<CheckItem> {
  const path = `${namespacePath(api.namespace)}/serviceaccounts/${encodeURIComponent(name)}`;
  const there = await found(api, path, call);
  return {
    item: `service account ${name}`,
    ok: there !== undefined,
    detail: there === undefined ? `does not exist in namespace ${api.namespace}: runs cannot start` : 'exists',
    hint: there === undefined ? `kubectl create serviceaccount ${name} -n ${api.namespace}` : null,
  };
}

/** Whether a secret exists and is one for pulling images. */
export async function pullSecret(api: Api, name: string, call: Call): Promise<CheckItem> {
  const path = `${namespacePath(api.namespace)}/secrets/${encodeURIComponent(name)}`;
  const secret = await found(api, path, call);
  const type = textAt(secret, 'type') ?? 'Opaque';
  const right = secret !== undefined && PULL_TYPES.includes(type);
  const wrong =
    secret === undefined
      ? `does not exist in namespace ${api.namespace}`
      : `is of type ${type}, not for pulling images`;
  return {
    item: `image pull secret ${name}`,
    ok: right,
    detail: right ? 'exists' : wrong,
    hint: right
      ? null
      : `kubectl create secret docker-registry ${name} -n ${api.namespace} --docker-server=SERVER --docker-username=USER --docker-password=PASSWORD`,
  };
}

/** Pods of our Jobs that wait, and what for. */
export async function pendingPods(api: Api, call: Call): Promise<CheckItem> {
  const item = 'pending pods';
  const query = { labelSelector: 'batch.kubernetes.io/job-name', fieldSelector: 'status.phase=Pending' };
  const pending = await all(api, podsPath(api.namespace), query, call);
  const jobs =
    pending.length === 0 ? [] : await all(api, jobsPath(api.namespace), { labelSelector: SCHEDULE_LABEL }, call);
  const ours = new Set(jobs.map(nameOf));
  const pods = pending.filter((pod) =>
    ours.has(textAt(pod, 'metadata', 'labels', 'batch.kubernetes.io/job-name') ?? ''),
  );
  const stuck = pods.flatMap((pod) => {
    const why = obstacle(pod);
    return why === undefined ? [] : [{ name: nameOf(pod), why }];
  });
  const [first] = stuck;
  if (first === undefined) {
    return {
      item,
      ok: true,
      detail: pods.length === 0 ? 'none' : `${counted(pods.length, 'pod')} starting`,
      hint: null,
    };
  }
  return {
    item,
    ok: false,
    detail: `${counted(stuck.length, 'pod')} cannot start: ${named(stuck.map(({ name, why }) => `${name}: ${why}`))}`,
    hint: `kubectl describe pod ${first.name} -n ${api.namespace}`,
  };
}

/** Why a pod does not start; undefined when it is merely on its way. */
function obstacle(pod: Json): string | undefined {
  const unplaced = listAt(pod, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === 'PodScheduled' && textAt(condition, 'status') === 'False',
  );
  if (unplaced !== undefined) {
    return [textAt(unplaced, 'reason'), textAt(unplaced, 'message')].filter(Boolean).join(', ');
  }
  const containers = ['initContainerStatuses', 'containerStatuses'].flatMap((kind) => listAt(pod, 'status', kind));
  for (const container of containers) {
    const waiting = treeAt(container, 'state', 'waiting');
    const reason = textAt(waiting, 'reason');
    if (reason !== undefined && !STARTING.includes(reason)) {
      return [reason, textAt(waiting, 'message')].filter(Boolean).join(', ');
    }
  }
  return undefined;
}

/** Quotas of the namespace, each with what runs need of it. */
export async function quotas(api: Api, call: Call): Promise<readonly CheckItem[]> {
  const some = await all(api, `${namespacePath(api.namespace)}/resourcequotas`, {}, call);
  return some.length === 0
    ? [{ item: 'quotas', ok: true, detail: 'none', hint: null }]
    : some.map((quota) => quotaItem(quota, api.namespace));
}

function quotaItem(quota: Json, namespace: string): CheckItem {
  const hard = treeAt(quota, 'status', 'hard');
  const used = treeAt(quota, 'status', 'used');
  const figures = QUOTAS.flatMap((resource) => {
    const limit = amountAt(hard, resource);
    return limit === undefined ? [] : [figureOf(resource, amountAt(used, resource) ?? '0', limit)];
  });
  const full = figures.filter(({ share }) => share >= 1);
  const near = figures.filter(({ share }) => share >= NEARLY && share < 1);
  const told = full.length > 0 ? full : near.length > 0 ? near : figures;
  const words = full.length > 0 ? 'used up: ' : near.length > 0 ? 'nearly used up: ' : '';
  // A quota with scopes is for some pods only: it need not concern ours.
  const scoped = listAt(quota, 'spec', 'scopes').length > 0 || valueAt(quota, 'spec', 'scopeSelector') !== undefined;
  const runsStop = full.some(({ resource }) => resource !== SCHEDULE_QUOTA) && !scoped;
  return {
    item: `quota ${nameOf(quota)}`,
    ok: runsStop ? false : full.length + near.length > 0 ? null : true,
    detail: `${words}${told.map(({ text }) => text).join(', ') || 'nothing that runs need'}${scoped ? ' (of some pods only)' : ''}`,
    hint: full.length + near.length > 0 ? `kubectl describe quota ${nameOf(quota)} -n ${namespace}` : null,
  };
}

interface Figure {
  readonly resource: string;
  readonly text: string;
  /** 1: used up. */
  readonly share: number;
}

function figureOf(resource: string, used: string, limit: string): Figure {
  // Nothing at all is allowed where the share has no meaning.
  return { resource, text: `${resource} ${used} of ${limit}`, share: shareOf(used, limit) ?? 1 };
}

function amountAt(amounts: Tree, resource: string): string | undefined {
  const amount = amounts[resource];
  return typeof amount === 'string' || typeof amount === 'number' ? String(amount) : undefined;
}

/** Nodes that are not ready, or short of something. */
export async function nodes(api: Api, call: Call): Promise<CheckItem> {
  const item = 'nodes';
  const some = await all(api, '/api/v1/nodes', {}, call);
  if (some.length === 0) {
    return { item, ok: null, detail: 'there are none: runs wait until there is one', hint: 'kubectl get nodes' };
  }
  const troubled = some.flatMap((node) => {
    const troubles = troublesOf(node);
    return troubles.length === 0 ? [] : [{ name: nameOf(node), troubles }];
  });
  const [first] = troubled;
  const count = counted(some.length, 'node');
  if (first === undefined) {
    return { item, ok: true, detail: `${count}, ready and without pressure`, hint: null };
  }
  return {
    item,
    ok: troubled.length === some.length ? false : null,
    detail: `${troubled.length} of ${count} in trouble: ${named(troubled.map(({ name, troubles }) => `${name}: ${troubles.join(', ')}`))}`,
    hint: `kubectl describe node ${first.name}`,
  };
}

function troublesOf(node: Json): string[] {
  const conditions = listAt(node, 'status', 'conditions');
  const is = (type: string): boolean =>
    conditions.some((condition) => textAt(condition, 'type') === type && textAt(condition, 'status') === 'True');
  const cordoned = valueAt(node, 'spec', 'unschedulable') === true;
  return [...(is('Ready') ? [] : ['NotReady']), ...PRESSURES.filter(is), ...(cordoned ? ['SchedulingDisabled'] : [])];
}

async function all(api: Api, path: string, query: Readonly<Record<string, string>>, call: Call): Promise<Json[]> {
  const items: Json[] = [];
  for await (const page of api.pages(path, query, call)) {
    items.push(...page);
  }
  return items;
}

async function found(api: Api, path: string, call: Call): Promise<Json | undefined> {
  try {
    return await api.request({ method: 'GET', path }, call);
  } catch (error) {
    if (isSchedError(error, 'NOT_FOUND')) {
      return undefined;
    }
    throw error;
  }
}

function nameOf(object: Json): string {
  return textAt(object, 'metadata', 'name') ?? '';
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function named(some: readonly string[]): string {
  const rest = some.length - NAMED;
  return `${some.slice(0, NAMED).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}
