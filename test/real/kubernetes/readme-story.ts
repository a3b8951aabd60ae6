/** What the README shows of Kubernetes is what the program prints. */
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { consoleBlocks } from '../../readme/console.js';
import { difference, openShell } from '../../readme/shell.js';
import type { ControlPlane } from './control-plane.js';

const NAMESPACE = 'pipelines';

export function readmeStory(plane: () => ControlPlane): void {
  test('the README shows what the program prints on Kubernetes', async () => {
    const { client, kubectl, kubeconfig, token } = plane();
    await client.demand('POST', '/api/v1/namespaces', { body: { metadata: { name: NAMESPACE } } });
    const shell = openShell({
      KUBECONFIG: kubeconfig({ token }, { namespace: NAMESPACE }),
      PATH: `${dirname(kubectl)}${delimiter}${process.env.PATH ?? ''}`,
    });
    try {
      const blocks = consoleBlocks(readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8'), 'kubernetes');
      expect(blocks.length).toBeGreaterThan(0);
      for (const shown of blocks.flat()) {
        expect(`${shown.command}: ${await difference(shell, shown)}`).toBe(`${shown.command}: null`);
      }
    } finally {
      await shell.leave();
    }
  }, 120_000);
}
