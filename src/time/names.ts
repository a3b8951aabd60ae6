/** The English names of weekdays and months, and of nothing else. */
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** `Sunday` of 0 (and of 7). */
export function weekdayName(weekday: number): string {
  return WEEKDAYS[weekday % 7] ?? '';
}

/** `Sun` of 0. */
export function weekdayShort(weekday: number): string {
  return weekdayName(weekday).slice(0, 3);
}

/** `January` of 1. */
export function monthName(month: number): string {
  return MONTHS[month - 1] ?? '';
}

/** `Jan` of 1. */
export function monthShort(month: number): string {
  return monthName(month).slice(0, 3);
}

/** `1st`, `2nd`, `3rd`, `4th`, `11th`, `21st` … */
export function ordinal(value: number): string {
  const teens = value % 100 >= 11 && value % 100 <= 13;
  const last = value % 10;
  const suffix = teens || last > 3 ? 'th' : (['th', 'st', 'nd', 'rd'][last] ?? 'th');
  return `${value}${suffix}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function enumerate(words: readonly string[], conjunction = 'and'): string {
  if (words.length <= 1) {
    return words.join('');
  }
  return `${words.slice(0, -1).join(', ')} ${conjunction} ${words[words.length - 1] ?? ''}`;
}
