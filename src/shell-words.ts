const PLAIN = /^[\w@%+=:,./-]+$/;

/** Words as one line that a POSIX shell reads back as the same words (XCU 2.2.2: nothing is special between single quotes). */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)).join(' ');
}
