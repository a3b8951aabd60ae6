/**
 * The two fake orchestrators, ready to use.
 *
 *     registerFakes();                                     // once: `memory` and `awkward` are flavors like any other
 *     const memory = memoryTarget();                       // an orchestrator of its own
 *     registry.addOrchestrator({ flavor: memory.manifest.flavor, settings: memory.settings, … }, now);
 *     memory.target.inject({ on: 'update', kind: 'lost' });   // done there, answer lost
 *     memory.target.meddle(nativeId, { paused: true });       // somebody else's hand
 *     memory.target.objects();                                // what really stands there
 *
 * `memory` can everything, is named by the client and shows writes at once. `awkward` is named by the server, cannot update,
 * shows writes only after some reads, has pages of two and no room for a generation. `cutAt` (cut.ts) kills a process at any call.
 */
import type { Driver, Manifest } from '../../src/drivers/driver.js';
import { type DriverEntry, drivers } from '../../src/drivers/index.js';
import { connect as connectAwkward } from './awkward/driver.js';
import { manifest as awkward } from './awkward/manifest.js';
import { connect as connectMemory } from './memory/driver.js';
import { manifest as memory } from './memory/manifest.js';
import { nameTarget } from './open-targets.js';
import { openTarget, type Target, type TargetOptions } from './target.js';

export interface FakeOrchestrator {
  readonly manifest: Manifest;
  readonly target: Target;
  /** For an orchestrator's record. */
  readonly settings: { readonly target: string; readonly token: string };
  /** A driver past the guard. */
  connect(): Driver;
}

const TOKEN = 'fake-token-0123456789';
const SURROUNDINGS = { env: {}, caFile: undefined };

/** A new orchestrator that can everything. */
export function memoryTarget(options: Partial<TargetOptions> = {}): FakeOrchestrator {
  const target = openTarget({ naming: 'client', pageSize: 3, staleReads: 0, token: TOKEN, ...options });
  const settings = { target: nameTarget(target), token: TOKEN };
  return { manifest: memory, target, settings, connect: () => connectMemory(settings, SURROUNDINGS) };
}

/** A new orchestrator that is as awkward as can be. */
export function awkwardTarget(options: Partial<TargetOptions> = {}): FakeOrchestrator {
  const target = openTarget({ naming: 'server', pageSize: 2, staleReads: 2, token: TOKEN, ...options });
  const settings = { target: nameTarget(target), token: TOKEN };
  return { manifest: awkward, target, settings, connect: () => connectAwkward(settings, SURROUNDINGS) };
}

/** The fakes as entries of the list of drivers. */
const fakeEntries: readonly DriverEntry[] = [
  { manifest: memory, load: async () => ({ connect: connectMemory }) },
  { manifest: awkward, load: async () => ({ connect: connectAwkward }) },
];

/** Adds the fakes to the list of drivers of this test process. */
export function registerFakes(): void {
  const list = drivers as DriverEntry[];
  list.push(...fakeEntries.filter((entry) => !list.includes(entry)));
}
