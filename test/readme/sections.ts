import { commandGroups } from '../../commands/index.js';
import { refreshReference } from '../../src/cli/reference.js';
import { drivers, flavorFacts } from '../../src/drivers/index.js';
import { CAPABILITY_VERBS } from '../../src/drivers/limit-words.js';

const OPENING = '<!-- flavors: generated -->\n';
const CLOSING = '<!-- /flavors -->';

/** The README with every generated section as the program has it. Throws when a section's markers are missing. */
export function refreshReadme(readme: string): string {
  const text = refreshReference(readme, commandGroups);
  const start = text.indexOf(OPENING);
  const end = text.indexOf(CLOSING, start);
  if (start === -1 || end === -1) {
    throw new Error('the README has no section flavors');
  }
  return `${text.slice(0, start + OPENING.length)}${flavorSection()}${text.slice(end)}`;
}

/** What the built drivers can do, by their manifests; then what is planned, and what cannot be. */
function flavorSection(): string {
  const rows = drivers.map(({ manifest }) => {
    const { flavor, title, timing, runs, catchup, overlap, capabilities } = manifest;
    const cells = [
      `\`${flavor}\``,
      title,
      timing.kinds.join(', '),
      runs.join(', '),
      ['create', 'delete', ...capabilities.flatMap((name) => CAPABILITY_VERBS[name] ?? [])].join(', '),
      catchup.accepts.join(', '),
      overlap.accepts.join(', '),
      `gap: ${timing.daylight.gap}, fold: ${timing.daylight.fold}`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| flavor | is | timings | runs | can | catch-up | overlap | clock changes |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    `Planned: ${flavorsWith('planned')}.`,
    '',
    `Refused for good, since they keep no schedules: ${flavorsWith('unschedulable')}.`,
    '',
    '`sched orchestrator flavors` shows them beside what ZenML can do with each.',
    '',
  ].join('\n');
}

function flavorsWith(status: 'planned' | 'unschedulable'): string {
  const found = flavorFacts().filter((facts) => facts.status === status);
  return found.map(({ flavor }) => `\`${flavor}\``).join(', ');
}
