import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Context } from '../context.js';
import type { CheckItem, Manifest } from '../drivers/driver.js';
import { drivers, type FlavorFacts, flavorFacts, manifestOf } from '../drivers/index.js';
import { SchedError } from '../errors.js';
import { isSameTarget } from '../identity.js';
import type { OrchestratorRecord } from '../registry/registry.js';
import { orchestratorNamed, reach } from './connection.js';
import type { LiveCheckInput } from './live-check.js';

export interface RegisterInput {
  readonly name: string;
  readonly flavor: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly isDefault: boolean;
}

const SECRET_REFERENCE = /^(env|file|exec):./;

/** Registers a connection and pins the target's identity: it must be reachable. Throws UNSUPPORTED, USAGE for settings, CONFLICT for the name. */
export async function register(input: RegisterInput, context: Context): Promise<OrchestratorRecord> {
  const manifest = manifestOf(input.flavor);
  checkSettings(input.settings, manifest, true);
  const registry = await context.registry();
  if (registry.orchestrator(input.name) !== undefined) {
    throw new SchedError('CONFLICT', `There is an orchestrator named ${input.name} already.`, {
      hint: `sched orchestrator get ${input.name}`,
    });
  }
  const now = context.clock.now();
  const settings = rooted(input.settings, manifest, context.cwd);
  const candidate = { id: randomUUID(), identity: null, created: now, updated: now, ...input, settings };
  const { driver } = await context.connect(candidate);
  const identity = await driver.identity();
  registry.addOrchestrator({ ...candidate, identity }, now);
  return await orchestratorNamed(registry, input.name);
}

function checkSettings(settings: Readonly<Record<string, string>>, manifest: Manifest, whole: boolean): void {
  const known = Object.keys(manifest.settings);
  for (const [key, value] of Object.entries(settings)) {
    const setting = manifest.settings[key];
    if (setting === undefined) {
      throw new SchedError('USAGE', `${manifest.title} has no setting ${key}.`, {
        hint: `It has: ${known.join(', ') || 'none'}.`,
      });
    }
    if (setting.secret === true && !SECRET_REFERENCE.test(value)) {
      throw new SchedError('USAGE', `${key} is a secret and is never stored; say where it is.`, {
        hint: `--set ${key}=env:NAME, file:PATH or exec:COMMAND`,
      });
    }
  }
  const missing = known.find((key) => manifest.settings[key]?.required === true && !(key in settings));
  if (whole && missing !== undefined) {
    throw new SchedError(
      'USAGE',
      `${manifest.title} needs the setting ${missing}: ${manifest.settings[missing]?.help}.`,
      {
        hint: `--set ${missing}=…`,
      },
    );
  }
}

/** The settings with their paths made absolute: commands are typed in many folders. */
function rooted(
  settings: Readonly<Record<string, string>>,
  manifest: Manifest,
  folder: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      manifest.settings[key]?.path === true ? resolve(folder, value) : value,
    ]),
  );
}

/** All registered orchestrators, by name. */
export async function orchestrators(context: Context): Promise<readonly OrchestratorRecord[]> {
  return (await context.registry()).orchestrators();
}

/** False where a run needs more than a command, as far as the flavor is known. */
export function runsCommands({ flavor }: Pick<OrchestratorRecord, 'flavor'>): boolean {
  return drivers.every(({ manifest }) => manifest.flavor !== flavor || manifest.runs.includes('command'));
}

/** One of them. Throws ORCHESTRATOR_NOT_FOUND. */
export async function orchestrator(name: string, context: Context): Promise<OrchestratorRecord> {
  return await orchestratorNamed(await context.registry(), name);
}

export interface OrchestratorUpdate {
  readonly name: string;
  readonly newName: string | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly clear: readonly string[];
  readonly makeDefault: boolean;
  /** Take the identity that answers now as the right one. */
  readonly pin: boolean;
}

/** Changes name, settings, default or pin. New settings must lead to the pinned target unless it is pinned anew. */
export async function updateOrchestrator(input: OrchestratorUpdate, context: Context): Promise<OrchestratorRecord> {
  const registry = await context.registry();
  const record = await orchestratorNamed(registry, input.name);
  const manifest = manifestOf(record.flavor);
  checkSettings(input.settings, manifest, false);
  const settings: Record<string, string> = {
    ...record.settings,
    ...rooted(input.settings, manifest, context.cwd),
  };
  for (const key of input.clear) {
    delete settings[key];
  }
  checkSettings(settings, manifest, true);
  const changed = { ...record, settings, identity: input.pin ? null : record.identity };
  const touched = input.pin || Object.keys(input.settings).length > 0 || input.clear.length > 0;
  const identity = touched ? await provenIdentity(changed, context) : record.identity;
  registry.changeOrchestrator(
    input.name,
    {
      settings,
      identity,
      ...(input.newName !== undefined && { name: input.newName }),
      ...(input.makeDefault && { isDefault: true }),
    },
    context.clock.now(),
  );
  return await orchestratorNamed(registry, input.newName ?? input.name);
}

async function provenIdentity(record: OrchestratorRecord, context: Context): Promise<string> {
  const { driver } = await context.connect(record);
  const identity = await driver.identity();
  if (record.identity !== null && !isSameTarget(record.identity, identity)) {
    throw new SchedError(
      'IDENTITY',
      `These settings lead to another target than the one registered as ${record.name}.`,
      {
        detail: `registered  ${record.identity}\nanswering   ${identity}`,
        hint: 'Register it under a name of its own, or add --pin.',
      },
    );
  }
  return identity;
}

/** Forgets a connection. Asks first; throws CONFLICT while schedules use it. */
export async function deleteOrchestrator(
  input: { readonly name: string; readonly yes: boolean },
  context: Context,
): Promise<void> {
  const registry = await context.registry();
  const record = await orchestratorNamed(registry, input.name);
  if (!input.yes && !(await context.confirm(`Forget the orchestrator ${record.name}? Nothing on it is touched.`))) {
    throw new SchedError('INTERRUPTED', 'Nothing was changed.');
  }
  registry.removeOrchestrator(record.name);
}

export interface Checked {
  readonly orchestrator: OrchestratorRecord;
  readonly items: readonly CheckItem[];
}

/** Login, identity, permissions and health, and a throw-away schedule when asked, one item each; an item that is not ok does not throw. */
export async function checkOrchestrator(
  input: LiveCheckInput & { readonly live: boolean },
  context: Context,
): Promise<Checked> {
  const registry = await context.registry();
  const record = await orchestratorNamed(registry, input.orchestrator);
  const { driver, manifest } = await reach(context, registry, record);
  const items: CheckItem[] = [
    { item: 'identity', ok: true, detail: record.identity ?? (await driver.identity()), hint: null },
  ];
  if (manifest.capabilities.includes('check')) {
    for await (const item of driver.check()) {
      items.push(item);
    }
  }
  if (input.live) {
    const { liveCheck } = await import('./live-check.js');
    for await (const item of liveCheck(input, context)) {
      items.push(item);
    }
  }
  return { orchestrator: record, items };
}

/** What each flavor can do, with ZenML and with sched: built ones, planned ones, and those that keep no schedules. */
export function flavors(): readonly FlavorFacts[] {
  return flavorFacts();
}
