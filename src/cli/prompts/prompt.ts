import inquirer from 'inquirer';
import { SchedError } from '../../errors.js';

/** A question with its answer checked as it is typed: `check` gives what is wrong, or nothing. */
export interface Question {
  readonly name: string;
  readonly message: string;
  readonly initial?: string;
  readonly choices?: readonly string[];
  readonly check?: (answer: string) => string | undefined;
}

/** Asks one after the other on stderr. Throws INTERRUPTED for Ctrl-C, and the signal's reason when it is aborted. */
export async function ask(
  questions: readonly Question[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  return await prompted(signal, async (prompt) => {
    const answers: Record<string, string> = {};
    for (const { name, message, initial, choices, check } of questions) {
      const validate = (typed: string): string | true => check?.(typed) ?? true;
      const answer: Record<string, string> = await prompt([
        choices === undefined
          ? { type: 'input', name, message, validate, ...(initial !== undefined && { default: initial }) }
          : { type: 'select', name, message, choices: [...choices] },
      ]);
      answers[name] = answer[name] ?? '';
    }
    return answers;
  });
}

/** Asks a yes-or-no question on stderr; Enter alone is no. Throws as `ask`. */
export async function askYesNo(question: string, signal: AbortSignal): Promise<boolean> {
  return await prompted(signal, async (prompt) => {
    const { answer } = await prompt([{ type: 'confirm', name: 'answer', message: question, default: false }]);
    return answer === true;
  });
}

type Prompt = ReturnType<typeof promptModule>;

function promptModule(signal: AbortSignal) {
  return inquirer.createPromptModule({ input: process.stdin, output: process.stderr, signal });
}

async function prompted<T>(signal: AbortSignal, work: (prompt: Prompt) => Promise<T>): Promise<T> {
  try {
    return await work(promptModule(signal));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new SchedError('INTERRUPTED', 'Interrupted; nothing was done.');
    }
    throw error;
  }
}
