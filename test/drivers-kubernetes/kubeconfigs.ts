/** Kubeconfigs and login programs in a scratch folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Json } from '../../src/schedule.js';

export interface Folder {
  readonly path: string;
  /** Writes a file (JSON, which is YAML too, unless it is a text) and gives its path. */
  write(name: string, content: Json): string;
  /** A login program: Node runs the text. */
  program(name: string, text: string): string;
  close(): void;
}

export function openFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'sched-kubeconfig-'));
  function write(name: string, content: Json, mode = 0o600): string {
    const file = join(path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode });
    return file;
  }
  return {
    path,
    write,
    program: (name, text) => write(name, `#!${process.execPath}\n${text}`, 0o700),
    close: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A kubeconfig of one context `lab`, user `ann`, cluster `one`. */
export function kubeconfig(
  server: string,
  user: { readonly [key: string]: Json },
  cluster: { readonly [key: string]: Json } = {},
): Json {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'lab',
    contexts: [{ name: 'lab', context: { cluster: 'one', user: 'ann', namespace: 'team' } }],
    clusters: [{ name: 'one', cluster: { server, ...cluster } }],
    users: [{ name: 'ann', user }],
  };
}
