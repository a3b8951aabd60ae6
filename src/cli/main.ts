/** The entry of the program. */

import { VERSION } from '../version.js';
import { processSurface, type Surface } from './streams.js';

/**
 * Runs one command line (the words after the program's name). Never throws; gives the exit status when everything has been written,
 * so that the process may end by itself.
 */
export async function main(argv: readonly string[], surface: Surface = processSurface()): Promise<number> {
  if (argv[0] === '__complete') {
    const { complete } = await import('./completion/live.js');
    return await complete(argv.slice(1), surface);
  }
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    surface.stdout.write(`${VERSION}\n`, () => undefined);
    return 0;
  }
  const [{ runProgram }, { commandGroups }] = await Promise.all([
    import('./program.js'),
    import('../../commands/index.js'),
  ]);
  return await runProgram(argv, surface, commandGroups);
}
