import { SchedError } from '../errors.js';
import type { LabelCondition } from '../registry/registry.js';

/** A label's key or value, by Kubernetes' rules for them (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/). */
const WORD = '[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?';
const SET = new RegExp(`^(${WORD})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUALITY = new RegExp(`^(${WORD})\\s*(==|=|!=)\\s*(${WORD})?$`);
const EXISTENCE = new RegExp(`^(!?)\\s*(${WORD})$`);
const WHOLE_WORD = new RegExp(`^(?:${WORD})?$`);

/** Reads kubectl's label selectors: `team=ads,env!=dev,tier in (a,b),!old`. Throws USAGE naming the part that is wrong. */
export function parseSelector(text: string): readonly LabelCondition[] {
  return splitConditions(text).map((part) => condition(part.trim(), text));
}

/** At commas that are not between brackets. */
function splitConditions(text: string): readonly string[] {
  return text.split(/,(?![^()]*\))/);
}

function condition(part: string, text: string): LabelCondition {
  const set = SET.exec(part);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    if (values.every((value) => WHOLE_WORD.test(value))) {
      return { key, operator: operator === 'in' ? 'in' : 'notin', values };
    }
  }
  const equality = EQUALITY.exec(part);
  if (equality) {
    const [, key = '', operator, value = ''] = equality;
    return { key, operator: operator === '!=' ? 'notin' : 'in', values: [value] };
  }
  const existence = EXISTENCE.exec(part);
  if (existence) {
    const [, not, key = ''] = existence;
    return { key, operator: not === '!' ? 'absent' : 'exists', values: [] };
  }
  throw new SchedError(
    'USAGE',
    `${JSON.stringify(part)} is not a label condition${part === text ? '' : ` (in ${JSON.stringify(text)})`}.`,
    {
      hint: 'For example: team=ads, env!=dev, "tier in (web,api)", team (has the label), "!team" (has it not); several with commas',
    },
  );
}
