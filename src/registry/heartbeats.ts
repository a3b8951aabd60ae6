import type { Registry } from './registry.js';
import type { Store } from './store.js';

/** When an agent was last seen: the latest word of any of them. */
export function heartbeatStore(store: Store): Pick<Registry, 'noteHeartbeat' | 'lastHeartbeat'> {
  return {
    noteHeartbeat(at) {
      store
        .sql(
          "INSERT INTO meta (key, value) VALUES ('heartbeat', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .run(String(at));
    },
    lastHeartbeat() {
      const value = store.sql("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'heartbeat'").pluck().get();
      return typeof value === 'number' ? value : null;
    },
  };
}
