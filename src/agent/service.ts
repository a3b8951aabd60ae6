import type { Result } from '../cli/command.js';
import type { Context } from '../context.js';
import { SchedError } from '../errors.js';

export async function service(_mode: string, _dryRun: boolean, _context: Context): Promise<Result> {
  throw new SchedError('UNSUPPORTED', 'Not here.');
}
