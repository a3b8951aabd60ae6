/** What the laws need of a driver under test: a manifest, a way to connect, and, where the target is a fake, a hand on it. */
import type { Capability, Core, Driver, Manifest } from '../../src/drivers/driver.js';
import type { ErrorCode } from '../../src/errors.js';
import type { NativeTiming, TemplateRun } from '../../src/schedule.js';

/** What a driver was asked to do when it sent a request. */
export type Operation = Exclude<keyof Core, 'close'> | Capability;

/** Refusals that a target answers with, as HTTP statuses and as error codes. */
export const REFUSALS = {
  401: 'AUTHENTICATION',
  403: 'PERMISSION',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  429: 'RATE_LIMITED',
  503: 'UNAVAILABLE',
} as const satisfies Record<number, ErrorCode>;
export type Refusal = keyof typeof REFUSALS;

/**
 * What can go wrong with one request.
 *
 * - `refused`: answered with `status`, nothing done.
 * - `dropped`: the connection breaks, nothing done. `lost`: it is done, then the connection breaks.
 * - `hang`: no answer, nothing done. `mute`: it is done, no answer. Both last until the client gives up.
 * - `slow`: the answer takes `milliseconds`.
 * - `truncated`: the answer stops half-way. `html`: a page instead of JSON. Both after it is done.
 * - `stale`: a read or list as of before each object's last write.
 * - `empty`: a list without items, as from a wrong context.
 */
export type Misfortune =
  | { readonly kind: 'refused'; readonly status: Refusal; readonly retryAfterSeconds?: number }
  | { readonly kind: 'slow'; readonly milliseconds: number }
  | { readonly kind: 'dropped' | 'lost' | 'hang' | 'mute' | 'truncated' | 'html' | 'stale' | 'empty' };
export type MisfortuneKind = Misfortune['kind'];

/** All of them: what a fake with a server suffers. */
export const MISFORTUNES: readonly MisfortuneKind[] = [
  'refused',
  'dropped',
  'lost',
  'hang',
  'mute',
  'slow',
  'truncated',
  'html',
  'stale',
  'empty',
];

/** A misfortune that befalls the `nth` request (1 unless given: the next) of an operation and those after it, `times` in all (1). */
export type Fault = Misfortune & { readonly on: Operation; readonly nth?: number; readonly times?: number };

/** A hand on a fake target. */
export interface Control {
  /** One entry for each request that reached the target, in order. */
  requests(): readonly string[];
  inject(fault: Fault): void;
  /** Forgets every fault. */
  heal(): void;
  /** What this target can suffer. A fake with a server suffers everything. */
  readonly suffers: readonly MisfortuneKind[];
}

/** One target, and drivers connected to it. */
export interface Bench {
  readonly manifest: Manifest;
  /** A driver on a new connection to the same target. */
  connect(): Promise<Driver>;
  /** Values in the settings that must not be seen anywhere. */
  readonly secrets: readonly string[];
  /** Milliseconds in which the effect of a write shows at the latest. */
  readonly patience: number;
  /** The id of something that a `reference` run can name; needed where the manifest accepts one. */
  readonly reference?: string;
  /** What a `template` run holds; needed where the manifest accepts one. */
  readonly template?: TemplateRun['template'];
  /** A timing in the target's dialect; needed where the manifest accepts `native`. */
  readonly native?: NativeTiming;
  /** Puts a schedule without a stamp there and gives its native id; needed where the manifest names `findForeign`. */
  addForeign?(): Promise<string>;
  /** Null on a real server. */
  readonly control: Control | null;
  close(): Promise<void>;
}

/** A bench whose target can be made to fail. */
export interface FaultyBench extends Bench {
  readonly control: Control;
}

/** A rule that every driver keeps. `check` throws when it is broken. */
export interface Law<B extends Bench = Bench> {
  readonly name: string;
  readonly check: (bench: B) => Promise<void>;
}
