/**
 * Kubernetes expands `$(NAME)` in commands, arguments and values of the environment, and reads `$$` as one `$`
 * (third_party/forked/golang/expansion of k8s.io/kubernetes). Any other `$` stays as it is.
 */

const SPECIAL = /\$\$+|\$(?=\()/g;

/** A text that arrives as `text` after the expansion. */
export function escapeDollars(text: string): string {
  return text.includes('$') ? text.replaceAll(SPECIAL, (dollars) => dollars + dollars) : text;
}

/** What arrives of a text in which no variable is expanded; undefined when one is. */
export function arriving(text: string): string | undefined {
  let arrived = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (character === '$' && next === '(' && text.includes(')', at + 2)) {
      return undefined;
    }
    arrived += character;
    if (character === '$' && next !== '') {
      // `$$` is one dollar; `$x` is both characters, the second of which is looked at no more.
      arrived += next === '$' ? '' : next;
      at += 1;
    }
  }
  return arrived;
}
