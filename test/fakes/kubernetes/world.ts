/** What the parts of the fake cluster share. */
import type { Fields } from './fields.js';
import type { User } from './request.js';
import type { Store } from './store.js';

export interface World {
  readonly store: Store;
  /** Lists as they were on their first page, by what was listed and the version. */
  readonly snapshots: Map<string, readonly Fields[]>;
  /** Who has which token. */
  readonly tokens: Map<string, User>;
  /** What containers wrote, by `namespace/pod`. */
  readonly logs: Map<string, Buffer>;
  /** Items of a page at most, whatever is asked for. */
  readonly pageSize: number;
  /** Milliseconds since 1970. */
  now(): number;
  /** Does it a moment later, as controllers do. */
  later(work: () => void): void;
}
