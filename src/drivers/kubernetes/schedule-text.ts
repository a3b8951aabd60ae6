/** Cron texts as robfig/cron 3 reads them (`ParseStandard`, the one of Kubernetes). */
import { parseCron } from '../../time/cron.js';

/** The weekday's place among the five fields. */
const WEEKDAY = 4;

/**
 * A cron expression in the words of robfig/cron: as it is, but for Sunday as 7, which is out of bounds there. A weekday field that
 * names 7 becomes its days one by one; 0 to 6 stays a restriction, as it was. Throws USAGE when a field that names 7 cannot be read.
 */
export function robfigText(expression: string): string {
  const text = expression.replace(/^[ \t]+|[ \t]+$/g, '');
  const fields = text.split(/[ \t]+/);
  const weekdays = fields[WEEKDAY];
  if (weekdays === undefined || !/(^|[,-])0*7([,/-]|$)/.test(weekdays)) {
    return text;
  }
  const { daysOfWeek, starDayOfWeek } = parseCron(text);
  const all = starDayOfWeek ? '*' : '0-6';
  fields[WEEKDAY] = daysOfWeek.length === 7 ? all : daysOfWeek.join(',');
  return fields.join(' ');
}
