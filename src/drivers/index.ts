/** The list of drivers: data now, code when it is used. Adding a driver adds one line here. */
import { SchedError } from '../errors.js';
import { nearest } from '../nearest.js';
import type { Capability, Driver, Manifest, Surroundings } from './driver.js';
import { planned, type ZenmlAbility, zenmlAbilities } from './flavors.js';
import { type GuardedDriver, type GuardOptions, guard } from './guard.js';
import { manifest as kubernetes } from './kubernetes/manifest.js';
import { manifest as local } from './local/manifest.js';
import { unschedulable, unschedulableFlavor } from './unschedulable.js';

/** A driver in the list: what is known without loading it, and how it is loaded. */
export interface DriverEntry {
  readonly manifest: Manifest;
  load(): Promise<{
    readonly connect: (settings: Readonly<Record<string, string>>, surroundings: Surroundings) => Driver;
  }>;
}

export const drivers: readonly DriverEntry[] = [
  { manifest: local, load: () => import('./local/driver.js') },
  { manifest: kubernetes, load: () => import('./kubernetes/driver.js') },
];

/**
 * What is known of a flavor. Throws UNSUPPORTED when it keeps no schedules, is not built yet, or is not known, each with what to
 * use instead.
 */
export function manifestOf(flavor: string): Manifest {
  return entryOf(flavor).manifest;
}

/**
 * A driver for one orchestrator, behind the guard. Nothing is asked of the target yet. `settings` are the values themselves: a
 * secret's reference is resolved before, and its value named in `options.secrets`. Throws as `manifestOf`.
 */
export async function connectDriver(
  orchestrator: { readonly name: string; readonly flavor: string; readonly settings: Readonly<Record<string, string>> },
  options: GuardOptions & { readonly surroundings: Surroundings },
): Promise<{ readonly manifest: Manifest; readonly driver: GuardedDriver }> {
  const { manifest, load } = entryOf(orchestrator.flavor);
  const { connect } = await load();
  return { manifest, driver: guard(connect(orchestrator.settings, options.surroundings), manifest, options) };
}

/** One line of `sched orchestrator flavors`. */
export interface FlavorFacts {
  readonly flavor: string;
  readonly title: string;
  /** How its schedules are called there; null where there are none. */
  readonly native: string | null;
  readonly status: 'built' | 'planned' | 'unschedulable';
  /** With sched: null where it cannot be used. */
  readonly sched: { readonly capabilities: readonly Capability[]; readonly needsAgent: boolean } | null;
  /** With ZenML: null where it is none of ZenML's orchestrators. */
  readonly zenml: ZenmlAbility | null;
  /** What to use instead; null where it can be used. */
  readonly instead: string | null;
}

/** Every flavor that is known: built ones, planned ones, and those that keep no schedules. */
export function flavorFacts(): readonly FlavorFacts[] {
  const zenml = (flavor: string): ZenmlAbility | null => zenmlAbilities[flavor] ?? null;
  const built = drivers.map(({ manifest: { flavor, title, noun, capabilities, needsAgent } }): FlavorFacts => {
    return {
      flavor,
      title,
      native: noun,
      status: 'built',
      sched: { capabilities, needsAgent },
      zenml: zenml(flavor),
      instead: null,
    };
  });
  const later = planned
    .filter(({ flavor }) => !built.some((entry) => entry.flavor === flavor))
    .map(({ flavor, title, native }): FlavorFacts => {
      return {
        flavor,
        title,
        native,
        status: 'planned',
        sched: null,
        zenml: zenml(flavor),
        instead: INSTEAD_OF_PLANNED,
      };
    });
  const never = unschedulable.map(({ flavor, title, instead }): FlavorFacts => {
    return { flavor, title, native: null, status: 'unschedulable', sched: null, zenml: zenml(flavor), instead };
  });
  return [...built, ...later, ...never];
}

const INSTEAD_OF_PLANNED = 'use local (sched agent) with the command that starts the pipeline';

function entryOf(flavor: string): DriverEntry {
  const entry = drivers.find(({ manifest }) => manifest.flavor === flavor);
  if (entry !== undefined) {
    return entry;
  }
  const never = unschedulableFlavor(flavor);
  if (never !== undefined) {
    throw new SchedError('UNSUPPORTED', `${flavor} cannot keep schedules: ${never.because}.`, {
      hint: sentence(never.instead),
    });
  }
  const later = planned.find((known) => known.flavor === flavor);
  if (later !== undefined) {
    throw new SchedError('UNSUPPORTED', `${flavor} (${later.title}) is not built in this version.`, {
      hint: sentence(INSTEAD_OF_PLANNED),
    });
  }
  const [guess] = nearest(
    flavor,
    flavorFacts().map((known) => known.flavor),
    1,
  );
  throw new SchedError('UNSUPPORTED', `There is no flavor named ${flavor}.`, {
    hint:
      guess === undefined
        ? 'sched orchestrator flavors lists them.'
        : `Did you mean ${guess}? sched orchestrator flavors lists them all.`,
  });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
