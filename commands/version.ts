import { command } from '../src/cli/command.js';
import { VERSION } from '../src/version.js';

export const version = command({
  name: 'version',
  summary: 'Say which version this is',
  examples: ['sched version', 'sched version --output json'],
  input: () => null,
  run: async () => {
    const item = {
      name: 'sched',
      version: VERSION,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    };
    return { kind: 'object', item, text: () => `${item.name} ${item.version}, Node.js ${item.node}, ${item.platform}` };
  },
});
