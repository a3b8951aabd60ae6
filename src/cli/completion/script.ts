import type { CommandGroup } from '../command.js';
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { completionModel } from './model.js';
import type { Shell } from './shells.js';
import { zshScript } from './zsh.js';

const SCRIPTS = { bash: bashScript, fish: fishScript, zsh: zshScript };

/** The completion script of a shell. Values that live in the registry are asked of `sched __complete` when Tab is pressed. */
export function completionScript(shell: Shell, groups: readonly CommandGroup[]): string {
  return SCRIPTS[shell](completionModel(groups));
}
