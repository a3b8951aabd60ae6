import { resolve } from 'node:path';
import { command } from '../../src/cli/command.js';

export const backupRegistry = command({
  name: 'registry backup',
  summary: 'Write a consistent copy of the registry',
  arguments: [{ name: 'file', help: 'a new file', required: true, completes: 'file' }],
  examples: ['sched registry backup registry-2026-11-21.db'],
  input: ({ args }, { cwd }) => resolve(cwd, args[0] ?? ''),
  run: async (file, context) => {
    const { backupRegistry: copy } = await import('../../src/operations/care.js');
    const written = await copy(file, context);
    return {
      kind: 'object',
      item: { ...written },
      names: [written.file],
      text: () => `Wrote ${written.file}, ${written.bytes} bytes.`,
    };
  },
});
