import inquirer from 'inquirer';
import { SchedError } from '../../errors.js';

/**
 * Asks a yes-or-no question on stderr; Enter alone is no. Throws INTERRUPTED for Ctrl-C, and the signal's reason when it is aborted.
 */
export async function askYesNo(question: string, signal: AbortSignal): Promise<boolean> {
  const prompt = inquirer.createPromptModule({ input: process.stdin, output: process.stderr, signal });
  try {
    const { answer } = await prompt([{ type: 'confirm', name: 'answer', message: question, default: false }]);
    return answer === true;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new SchedError('INTERRUPTED', 'Interrupted; nothing was done.');
    }
    throw error;
  }
}
