import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Cron, formatCron, parseCron } from '../../src/time/cron.js';
import { expressions } from './arbitraries.js';
import { refusal, underlined } from './refusal.js';

const range = (low: number, high: number, step = 1): number[] =>
  Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step);

function withoutText({ text: _, ...rest }: Cron): Omit<Cron, 'text'> {
  return rest;
}

describe('reading', () => {
  test('takes the five fields apart', () => {
    expect(parseCron(' 0,30\t3-5 1-10/3 jan,MAR-May 1-5 ')).toEqual({
      text: '0,30\t3-5 1-10/3 jan,MAR-May 1-5',
      minutes: [0, 30],
      hours: [3, 4, 5],
      daysOfMonth: [1, 4, 7, 10],
      months: [1, 3, 4, 5],
      daysOfWeek: [1, 2, 3, 4, 5],
      starMinute: false,
      starHour: false,
      starDayOfMonth: false,
      starDayOfWeek: false,
    });
  });

  test.each([
    ['0 0 * * 7', [0]],
    ['0 0 * * 5-7', [0, 5, 6]],
    ['0 0 * * 0-7', range(0, 6)],
    ['0 0 * * 1-7/2', [0, 1, 3, 5]],
    ['0 0 * * */7', [0]],
    ['0 0 * * Sun,wed', [0, 3]],
    ['0 0 * * 08-8', null],
    ['0 0 * * 06', [6]],
  ])('Sunday is 0 and 7: %s', (text, expected) => {
    if (expected === null) {
      expect(() => parseCron(text)).toThrow('Day of week 08 is not between 0 and 7.');
    } else {
      expect(parseCron(text).daysOfWeek).toEqual(expected);
    }
  });

  test('a field that begins with an asterisk has the flag, with a step and in a list too', () => {
    const flags = ({ starMinute, starHour, starDayOfMonth, starDayOfWeek }: Cron): boolean[] => [
      starMinute,
      starHour,
      starDayOfMonth,
      starDayOfWeek,
    ];
    expect(flags(parseCron('* */2 *,5 * */3,1'))).toEqual([true, true, true, true]);
    expect(flags(parseCron('0-59 1,*/2 1-31 * 0-6'))).toEqual([false, false, false, false]);
  });

  test.each([
    ['@yearly', '0 0 1 1 *'],
    ['@annually', '0 0 1 1 *'],
    ['@monthly', '0 0 1 * *'],
    ['@weekly', '0 0 * * 0'],
    ['@daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@hourly', '0 * * * *'],
  ])('%s is %s', (macro, fields) => {
    expect(withoutText(parseCron(macro))).toEqual(withoutText(parseCron(fields)));
    expect(parseCron(macro).text).toBe(macro);
  });

  test('writes what it reads', () => {
    fc.assert(
      fc.property(expressions, (text) => {
        const cron = parseCron(text);
        const written = formatCron(cron);
        expect(withoutText(parseCron(written))).toEqual(withoutText(cron));
        expect(formatCron(parseCron(written))).toBe(written);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['@daily', '0 0 * * *'],
    ['0,15,30,45 3,2,1 1,2 JAN-dec 7', '0,15,30,45 1-3 1,2 * 0'],
    ['*/15 0-23 1-31 1-12 0-7', '*/15 0-23 1-31 * 0-6'],
    ['5-59/10 */4,2 */30 * 1-5', '5-55/10 */4,2 */30 * 1-5'],
    ['0 0 1-7 * */7', '0 0 1-7 * */7'],
    ['*,3 * * * *', '* * * * *'],
  ])('the canonical form of %s is %s', (text, written) => {
    expect(formatCron(parseCron(text))).toBe(written);
  });
});

describe('refusing', () => {
  test('shows the place as the transcript of a terminal has it', () => {
    expect(refusal(() => parseCron('0 25 * * *'))).toEqual({
      code: 'USAGE',
      message: 'Hour 25 is not between 0 and 23.',
      detail: '0 25 * * *\n  ^^',
      hint: 'Midnight is hour 0.',
    });
  });

  test.each([
    ['61 * * * *', '61', 'Minute 61 is not between 0 and 59.', 'The full hour is minute 0.'],
    ['0 24 * * *', '24', 'Hour 24 is not between 0 and 23.', 'Midnight is hour 0.'],
    ['0 0 0 * *', '0', 'Day of month 0 is not between 1 and 31.', '--on 31'],
    ['0 0 1-32 * *', '32', 'Day of month 32 is not between 1 and 31.', '--on 31'],
    ['0 0 * 13 *', '13', 'Month 13 is not between 1 and 12.', 'January is 1'],
    ['0 0 * * 8', '8', 'Day of week 8 is not between 0 and 7.', 'Sunday is 0 or 7'],
    ['99999999999999999999 * * * *', '99999999999999999999', 'is not between 0 and 59', 'minute 0'],
    ['* 22-2 * * *', '22-2', 'runs backwards', 'Write 22-23,0-2.'],
    ['* * * 11-1 *', '11-1', 'runs backwards', 'Write 11-12,1.'],
    ['* * * * fri-mon', 'fri-mon', 'runs backwards', 'Write 5-6,0-1.'],
    ['* * * * fri-sun', 'fri-sun', 'runs backwards', 'Write 5-7, where 7 is Sunday too.'],
    ['10-5/2 * * * *', '10-5', 'runs backwards', 'List the values'],
    ['*/0 * * * *', '0', 'A step of 0 leads nowhere.', 'every value'],
    ['1-5/00 * * * *', '00', 'A step of 0 leads nowhere.', 'every value'],
    ['*/70 * * * *', '70', 'A step of 70 fires once per hour', 'Write 0 for once per hour.'],
    ['0 */24 * * *', '24', 'A step of 24 fires once per day', 'Write 0 for once per day.'],
    ['0 0 */31 * *', '31', 'A step of 31 fires once per month', 'Write 1 for once per month.'],
    ['0 0 1 */12 *', '12', 'A step of 12 fires once per year', 'Write 1 for once per year.'],
    ['0 0 * * */8', '8', 'A step of 8 fires once per week', 'Write 0 for once per week.'],
    ['10-59/60 * * * *', '60', 'A step of 60 fires once per hour', 'Write 10 for once per hour.'],
    ['*/x * * * *', 'x', 'The step x is not a number.', '*/5'],
    ['5/10 * * * *', '5/10', 'a step goes with a range or *', 'Write 5-59/10,'],
    ['0 0 * mon *', 'mon', 'mon is not a month.', 'jan to dec'],
    ['0 0 * * monday', 'monday', 'monday is not a day of week.', 'Write mon:'],
    ['jan * * * *', 'jan', 'jan is not a minute.', 'from 0 to 59'],
    ['0 0 * jan-foo *', 'foo', 'foo is not a month.', 'from 1 to 12'],
    ['1,,2 * * * *', ',', 'a comma with nothing after it', 'Leave the comma out.'],
    [',1 * * * *', ',', 'a comma with nothing before it', 'Leave the comma out.'],
    ['1, * * * *', ',', 'a comma with nothing after it', 'Leave the comma out.'],
    ['? * * * *', '?', '? belongs to Quartz', 'Write *'],
    ['0 0 L * *', 'L', 'L (last) belongs to Quartz', '--every "1 month" --on 31'],
    ['0 0 L-3 * *', 'L', 'L (last) belongs to Quartz', '--on 31'],
    ['0 0 LW * *', 'L', 'L (last) belongs to Quartz', '--on 31'],
    ['0 0 * * 5L', 'L', 'L (last) belongs to Quartz', 'Orchestrators that speak Quartz'],
    ['0 0 15W * *', 'W', 'W (nearest weekday) belongs to Quartz', 'Orchestrators that speak Quartz'],
    ['0 0 * * 1#2', '#', '# (the n-th weekday) belongs to Quartz', 'Orchestrators that speak Quartz'],
    ['H 3 * * *', 'H', "H (a value by hash) is Jenkins' own.", 'from 0 to 59'],
    ['H/15 * * * *', 'H', "H (a value by hash) is Jenkins' own.", 'from 0 to 59'],
    ['-1 * * * *', '-1', 'Minute -1 cannot be read.', 'Each field is'],
    ['1-5-7 * * * *', '1-5-7', 'Minute 1-5-7 cannot be read.', 'Each field is'],
    ['*/5/2 * * * *', '*/5/2', 'Minute */5/2 cannot be read.', 'Each field is'],
    ['1.5 * * * *', '.', 'Minute 1.5 cannot be read.', 'Each field is'],
    ['0 0 ١ * *', '١', 'cannot be read', 'Each field is'],
    ['* * * *', ' ', 'A cron expression has 5 fields, this one has 4.', 'Five fields:'],
    ['0 0 * * * *', '*', 'A cron expression has 5 fields, this one has 6.', 'Quartz, AWS'],
    ['0 0 3 * * ? 2026', '? 2026', 'A cron expression has 5 fields, this one has 7.', 'Quartz, AWS'],
    ['0 3 * * * /bin/true and more words', '/bin/true and more words', 'this one has 9', 'Five fields:'],
    ['TZ=Asia/Tokyo 0 1 * * *', 'TZ=Asia/Tokyo', 'not part of the expression', 'add --timezone Asia/Tokyo.'],
    ['CRON_TZ=UTC 0 1 * * *', 'CRON_TZ=UTC', 'not part of the expression', 'add --timezone UTC.'],
    ['0 0 31 2 *', '31 2', 'Day 31 does not exist in February', '--on 31'],
    ['0 0 30,31  2 *', '30,31  2', 'None of the days 30 and 31 exists in February', '--on 31'],
    ['0 0 31 4,6,9,11 *', '31 4,6,9,11', 'Day 31 does not exist in April, June, September or November', '--on 31'],
    ['0 0 30 2 */2', '30 2', 'Day 30 does not exist in February', '--on 31'],
    ['@reboot', '@reboot', '@reboot is not a time', 'Five fields:'],
    ['@every 5m', '@every 5m', 'an interval', 'Write --every 5m.'],
    ['@Daily', '@Daily', 'There is no macro @Daily.', 'Write @daily.'],
    ['@daily 5', '5', '@daily stands alone.', 'Write @daily.'],
    ['@constructor', '@constructor', 'There is no macro @constructor.', '@hourly.'],
    ['@fortnightly', '@fortnightly', 'There is no macro @fortnightly.', '@hourly.'],
    ['1\u00002 * * * *', ' ', 'cannot be read', 'Each field is'],
  ])('%s: the carets are under %j', (text, under, message, hint) => {
    const refused = refusal(() => parseCron(text));
    expect(refused.code).toBe('USAGE');
    expect(refused.message).toContain(message);
    expect(underlined(refused.detail)).toBe(under);
    expect(refused.hint).toContain(hint);
  });

  test.each(['', '  \t'])('an empty one (%j)', (text) => {
    const refused = refusal(() => parseCron(text));
    expect(refused.message).toBe('The cron expression is empty.');
    expect(refused.hint).toContain('0 3 * * 1-5');
  });

  test('dates that a day of the week saves are taken, because the two are joined by OR', () => {
    expect(parseCron('0 0 31 2 1').daysOfMonth).toEqual([31]);
    expect(parseCron('0 0 31 1,2 *').months).toEqual([1, 2]);
    expect(parseCron('0 0 29 2 *').daysOfMonth).toEqual([29]);
  });

  test('long and dirty texts are cut and cleaned around the mistake', () => {
    const { message, detail } = refusal(() => parseCron(`${'1,'.repeat(200)}x${',1'.repeat(200)} * * * *`));
    expect(message).toBe('x is not a minute.');
    expect(underlined(detail)).toBe('x');
    expect(detail.split('\n')[0]).toHaveLength(102);
    const control = refusal(() => parseCron('1\n\u001b[31m2 * * * *'));
    expect(`${control.message}${control.detail.replace('\n', '')}`).not.toMatch(/\p{Cc}/u);
  });

  test('whatever is typed is either read or refused in a sentence', () => {
    const words = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom(...'0123456789*/-,LW#?@ \tjanmontz='.split('')), { maxLength: 30 })
        .map((all) => all.join('')),
      fc.tuple(expressions, fc.nat(), fc.string({ maxLength: 2 })).map(([text, at, noise]) => {
        const where = at % text.length;
        return text.slice(0, where) + noise + text.slice(where + 1);
      }),
    );
    fc.assert(
      fc.property(words, (text) => {
        try {
          parseCron(formatCron(parseCron(text)));
        } catch (error) {
          const refused = refusal(() => {
            throw error;
          });
          expect(refused.hint).not.toBe('');
          expect(refused.detail === '' || /^[^\n]*\n *\^+$/.test(refused.detail)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
