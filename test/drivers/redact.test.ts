import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redactor } from '../../src/drivers/redact.js';
import { SchedError } from '../../src/errors.js';
import { refusal } from '../conformance/room.js';
import { guarded } from './scripted.js';

/** The program's own words around a secret: property names, codes, and what stands in a secret's place. */
const OWN =
  'SchedError Error UNAVAILABLE FAILED PERMISSION message hint detail stack cause name code text headers config body list self bytes length ***';

/** Secrets as people have them: four characters or more. */
const secret = fc
  .oneof(
    fc.string({ minLength: 4 }),
    fc.string({ unit: 'grapheme', minLength: 4 }),
    fc.base64String({ minLength: 8 }),
    fc.stringMatching(/^[\w+/"'\\$.*-]{4,40}$/),
  )
  .filter((text) => !OWN.includes(text));
const around = fc.string({ maxLength: 12 });

describe('a secret', () => {
  test('is in no message, hint, detail, stack, cause or debug line of a guarded call', async () => {
    await fc.assert(
      fc.asyncProperty(secret, secret, around, around, async (token, password, before, after) => {
        const lines: string[] = [];
        const text = `${before}${token}${after}${password}${before}`;
        const circular: Record<string, unknown> = {
          text,
          headers: new Map([[token, text]]),
          body: Buffer.from(text),
          list: [text, { [text]: text }],
        };
        circular.self = circular;
        const vendor = Object.assign(new Error(text, { cause: new Error(text) }), {
          config: circular,
          [`x-${token}`]: 1,
        });
        const driver = guarded(
          {
            read: async (_id, call) => {
              call.debug(text);
              throw vendor;
            },
            remove: async () => {
              throw new SchedError('PERMISSION', text, { hint: text, detail: text, cause: vendor });
            },
            identity: async () => {
              throw text;
            },
          },
          { secrets: [token, '', password], debug: (line) => lines.push(line) },
        );
        const errors = [
          await refusal(() => driver.read('n'), 'FAILED'),
          await refusal(() => driver.remove('n'), 'PERMISSION'),
          await refusal(() => driver.identity(), 'FAILED'),
        ];
        for (const each of [...lines, ...errors.flatMap((error) => everyText(error))]) {
          if (each.includes(token) || each.includes(password)) {
            throw new Error(`there it is: ${each}`);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('is not seen in a URL, in JSON or in a basic authorization either', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 9 }), around, around, (token, before, after) => {
        const { text } = redactor([token]);
        const base64 = Buffer.from(`${before}:${token}${after}`).toString('base64');
        // Whole groups of three bytes are what can be recognised; 9 bytes hold two of them at any alignment.
        const whole = Buffer.from(token).subarray(0, 9).toString('base64');
        expect(text(encodeURIComponent(`${before}:${token}`))).not.toContain(encodeURIComponent(token));
        expect(text(JSON.stringify({ [before]: token }))).not.toContain(JSON.stringify(token).slice(1, -1));
        expect(text(base64)).toContain('***');
        expect(text(Buffer.from(token).toString('base64url'))).not.toContain(whole.slice(0, 8));
      }),
      { numRuns: 100 },
    );
  });

  test('is not spelled anew by what stands in its place', () => {
    expect(redactor(['abcd', '**xyz']).text('abcdxyz')).toBe('***');
  });

  test('inside a longer one takes nothing away from it', () => {
    expect(redactor(['abcd', 'abcdefgh']).text('<abcdefgh>')).toBe('<***>');
  });

  test('that is not there changes nothing', () => {
    fc.assert(
      fc.property(fc.string(), secret, (text, token) => {
        fc.pre(!text.includes(token));
        expect(redactor([token]).text(text)).toBe(text);
      }),
    );
    expect(redactor([]).value(inspect)).toBe(inspect);
  });

  test('leaves code, name and the rest of a cause as they were', async () => {
    const vendor = Object.assign(new Error('token abcd1234 expired'), {
      name: 'ApiError',
      code: 'E17',
      status: 401,
      note: undefined,
    });
    const driver = guarded({ read: () => Promise.reject(vendor) }, { secrets: ['abcd1234'] });
    const error = await refusal(() => driver.read('n'), 'FAILED');
    expect(error.message).toBe('scripted read failed: token *** expired');
    expect(error.cause).toMatchObject({ message: 'token *** expired', name: 'ApiError', code: 'E17', status: 401 });
    expect(error.cause).toBeInstanceOf(Error);
  });
});

/** Every text in a value, keys and hidden properties too. */
function everyText(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  if (typeof value !== 'object' || value === null || seen.has(value)) {
    return [];
  }
  seen.add(value);
  return Reflect.ownKeys(value).flatMap((key) => [String(key), ...everyText(Reflect.get(value, key), seen)]);
}
