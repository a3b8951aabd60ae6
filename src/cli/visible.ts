/**
 * What could move the cursor, colour the screen, or reorder the line: controls (C0, DEL, C1), lone surrogates, line separators,
 * bidirectional controls (Unicode `Bidi_Control`), the byte order mark and the zero-width space.
 */
const HIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff\u200b]/gu;
const HIDDEN_EXCEPT_NEWLINE = /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff\u200b]/gu;
const PLAIN = /^[\x20-\x7e]*$/;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One line for a person: every hidden character is spelled out (`\n`, `\u001b`). */
export function oneLine(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HIDDEN, spelled);
}

/** Like `oneLine`, but lines stay lines. */
export function lines(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HIDDEN_EXCEPT_NEWLINE, spelled);
}

function spelled(character: string): string {
  return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
