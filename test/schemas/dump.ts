import type { DatabaseHandle } from '../../src/database/open.js';

/** A file's tables, indexes, version and mark as SQL that makes an equal, empty file. */
export function dumpSchema(handle: DatabaseHandle): string {
  const statements = handle
    .prepare(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY type DESC, name",
    )
    .pluck()
    .all() as string[];
  const pragmas = ['application_id', 'user_version'].map(
    (name) => `PRAGMA ${name} = ${handle.pragma(name, { simple: true })}`,
  );
  return [...statements, ...pragmas].map((statement) => `${statement};\n`).join('\n');
}
