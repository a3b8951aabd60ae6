import { oneLine } from './visible.js';

/** Milliseconds that work may take before it is shown: what is quick shows nothing. */
const PATIENCE = 200;

interface Spinner {
  say(text: string): void;
  stop(): void;
}

/** Shows what is going on; null takes it away. */
export type Progress = (text: string | null) => void;

/** Progress that is shown by a spinner once it has lasted a moment; elsewhere than in a terminal, nothing. */
export function showProgress(terminal: boolean): Progress {
  if (!terminal) {
    return () => undefined;
  }
  let wanted: string | null = null;
  let spinner: Spinner | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function start(): Promise<void> {
    const { startSpinner } = await import('./lazy/spinner.js');
    if (wanted !== null && spinner === undefined) {
      spinner = startSpinner(wanted);
    }
  }

  return (text) => {
    wanted = text === null ? null : oneLine(text);
    if (wanted === null) {
      clearTimeout(timer);
      timer = undefined;
      spinner?.stop();
      spinner = undefined;
    } else if (spinner !== undefined) {
      spinner.say(wanted);
    } else {
      timer ??= setTimeout(() => void start(), PATIENCE).unref();
    }
  };
}
