/** How what a schedule runs looks to people. */
import type { Style } from '../cli/command.js';
import { runText } from '../field-words.js';
import type { CommandRun, ContainerRun, RunSpec } from '../schedule.js';

/** A label and its value, of one line or several; null: not shown. */
export type Fact = readonly [label: string, value: string | null];

/** A run as facts: the command, what it is given, where it may run; a template as YAML. */
export async function runFacts(run: RunSpec, style: Style): Promise<readonly Fact[]> {
  switch (run.kind) {
    case 'template':
      return [['template', await style.yaml(run.template)]];
    case 'reference':
      return [['command', runText(run)]];
    case 'command':
      return [
        ['command', runText(run)],
        ['directory', run.cwd],
        ['environment', environmentText(run)],
      ];
    case 'container':
      return [
        ['command', runText(run)],
        ['environment', environmentText(run)],
        ['requests', pairsText(run.resources.requests)],
        ['limits', pairsText(run.resources.limits)],
        ['nodes', pairsText(run.nodeSelector)],
        ['account', run.serviceAccount],
        ['pull secrets', run.imagePullSecrets.join(', ')],
      ];
  }
}

/** One variable a line: `EPOCHS=3`, `TOKEN (from secret registry-login, key token)`. */
function environmentText(run: CommandRun | ContainerRun): string {
  const plain = Object.entries(run.env).map(([name, value]) => `${name}=${value}`);
  const secret = Object.entries(run.kind === 'container' ? run.secretEnv : {}).map(
    ([name, reference]) => `${name} (from secret ${reference.secret}, key ${reference.key})`,
  );
  return [...plain, ...secret].join('\n');
}

function pairsText(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}
