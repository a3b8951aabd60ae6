import { styleText } from 'node:util';

/** Colours a text for a stream of which it is already known whether it has colour. */
export function tint(style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string, colour: boolean): string {
  // Newer Node releases would look at stdout again.
  return colour ? styleText(style, text, { validateStream: false }) : text;
}
