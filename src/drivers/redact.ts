/** What stands where a secret stood. */
const MARK = '***';
/** How deep a cause is copied; what lies deeper is left out. */
const DEPTH = 6;

/** Takes secrets out of texts and errors. */
export interface Redactor {
  text(text: string): string;
  /** A copy of any value (an error with its causes, a vendor's answer) with every text in it redacted. */
  value(value: unknown): unknown;
}

/**
 * A redactor for these secret values, also as they look inside a URL, inside JSON and inside base64 (RFC 4648 §4, at any of its
 * three alignments, as in `Authorization: Basic`). Without secrets everything passes as it is.
 */
export function redactor(secrets: readonly string[]): Redactor {
  const forms = [...new Set(secrets.filter((secret) => secret !== '').flatMap(formsOf))].sort(
    (left, right) => right.length - left.length,
  );
  if (forms.length === 0) {
    return { text: (text) => text, value: (value) => value };
  }
  function text(original: string): string {
    let clean = original;
    for (const form of forms) {
      clean = clean.replaceAll(form, MARK);
    }
    // What stood around a secret may spell one again.
    return forms.some((form) => clean.includes(form)) ? MARK : clean;
  }
  return { text, value: (value) => copy(value, text, 0, new Map()) };
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // Only what does not depend on the neighbours: whole groups of three bytes, from each alignment.
  const encoded = [0, 1, 2].map((skipped) => {
    const whole = bytes.subarray(skipped);
    return whole.subarray(0, whole.length - (whole.length % 3)).toString('base64');
  });
  const long = encoded.filter((form) => form.length >= 8);
  const url = [...long.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
  return [secret, encodedForUrl(secret), JSON.stringify(secret).slice(1, -1), ...long, ...url];
}

function encodedForUrl(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    // A lone surrogate has no place in a URL.
    return secret;
  }
}

function copy(value: unknown, text: (original: string) => string, depth: number, done: Map<object, unknown>): unknown {
  if (typeof value === 'string') {
    return text(value);
  }
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
  }
  const known = done.get(value);
  if (known !== undefined || depth > DEPTH) {
    return known;
  }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return `<${value.byteLength} bytes>`;
  }
  if (Array.isArray(value)) {
    const parts: unknown[] = [];
    done.set(value, parts);
    parts.push(...value.map((part) => copy(part, text, depth + 1, done)));
    return parts;
  }
  return copyObject(value, text, depth, done);
}

function copyObject(
  value: object,
  text: (original: string) => string,
  depth: number,
  done: Map<object, unknown>,
): unknown {
  const target: object = value instanceof Error ? new Error(text(value.message)) : {};
  done.set(value, target);
  const keys: readonly string[] =
    value instanceof Error ? ['name', 'stack', 'cause', ...Object.keys(value)] : Object.keys(value);
  const parts: readonly (readonly [unknown, unknown])[] =
    value instanceof Map ? [...value] : keys.filter((key) => key in value).map((key) => [key, Reflect.get(value, key)]);
  for (const [key, part] of parts) {
    Object.defineProperty(target, text(String(key)), {
      value: copy(part, text, depth + 1, done),
      configurable: true,
      writable: true,
      enumerable: key !== 'stack' && key !== 'cause' && key !== 'name',
    });
  }
  return target;
}
