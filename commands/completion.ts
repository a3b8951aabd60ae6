import { type CommandDefinition, type CommandGroup, command } from '../src/cli/command.js';
import { SHELLS, type Shell } from '../src/cli/completion/shells.js';
import { SchedError } from '../src/errors.js';

/** `list` gives every command, this one too. */
export function completion(list: () => readonly CommandGroup[]): CommandDefinition {
  return command<Shell>({
    name: 'completion',
    summary: 'Print the completion script of a shell',
    description: 'The script asks sched for live values: names of schedules and orchestrators, time zones, changes.',
    arguments: [{ name: 'shell', help: SHELLS.join(', '), required: true, completes: SHELLS }],
    examples: [
      'sched completion bash > ~/.local/share/bash-completion/completions/sched',
      'sched completion zsh > ~/.zfunc/_sched',
      'sched completion fish > ~/.config/fish/completions/sched.fish',
    ],
    input({ args: [typed] }) {
      const shell = SHELLS.find((one) => one === typed);
      if (shell === undefined) {
        throw new SchedError('USAGE', `There is no completion for ${typed}.`, { hint: `One of ${SHELLS.join(', ')}` });
      }
      return shell;
    },
    run: async (shell) => {
      const { completionScript } = await import('../src/cli/completion/script.js');
      return { kind: 'stream', pieces: pieces(completionScript(shell, list())) };
    },
  });
}

async function* pieces(text: string): AsyncIterable<string> {
  yield text;
}
