import ora from 'ora';

export interface Spinner {
  say(text: string): void;
  stop(): void;
}

/** A spinner on stderr, which must be a terminal. */
export function startSpinner(text: string): Spinner {
  // In raw mode Ctrl-C would not be a signal any more.
  const spinner = ora({ text, stream: process.stderr, discardStdin: false }).start();
  return {
    say(next) {
      spinner.text = next;
    },
    stop() {
      spinner.stop();
    },
  };
}
