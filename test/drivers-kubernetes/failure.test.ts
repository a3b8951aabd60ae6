/** Every answer that a real API server refuses with, as an error in our words. */
import { describe, expect, test } from '@jest/globals';
import { failureOf } from '../../src/drivers/kubernetes/failure.js';
import { type Asked, statusOf } from '../../src/drivers/kubernetes/status.js';
import type { HttpAnswer } from '../../src/drivers/shared/http.js';
import { PatienceError } from '../../src/drivers/shared/patience.js';
import type { SchedError } from '../../src/errors.js';
import { type Body, GOLDEN } from './golden.js';

const ASKED: Asked = {
  method: 'POST',
  path: '/apis/batch/v1/namespaces/team/cronjobs',
  namespace: 'team',
  server: 'https://cluster.example:6443',
  context: 'lab',
};

function answer(status: number, body: Body | string, headers: HttpAnswer['headers'] = {}): HttpAnswer {
  const whole = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: status };
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify({ ...whole, ...body }) };
}

function failure(status: number, body: Body | string, headers: HttpAnswer['headers'] = {}): SchedError {
  return failureOf(answer(status, body, headers), ASKED);
}

describe('a refusal', () => {
  test.each(GOLDEN.map((golden) => [golden.called, golden] as const))('by %s', (_called, golden) => {
    const error = failure(golden.status, golden.body);
    expect({ code: error.code, message: error.message, hint: error.hint }).toEqual({
      code: golden.code,
      message: golden.message,
      hint: golden.hint,
    });
    expect(statusOf(error)).toMatchObject({ code: golden.status, message: golden.body.message });
    // What is printed beneath the sentence is never a whole object.
    expect(error.cause instanceof Error ? error.cause.message.length : 0).toBeLessThan(450);
  });

  test.each([
    ['as it is sent', 'Too many requests, please try again later.\n', { 'retry-after': '7' }, 7000],
    ['without a time', 'Too many requests, please try again later.\n', {}, 1000],
    ['as a Status', { message: 'too many requests', reason: 'TooManyRequests' }, { 'retry-after': '1' }, 1000],
  ])('by too many requests %s asks for patience', (_how, body, headers, retryAfter) => {
    const error = failure(429, body, headers);
    expect(error).toBeInstanceOf(PatienceError);
    expect(error).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfter,
      message: 'https://cluster.example:6443 asks for patience: too many requests.',
    });
  });

  test('by a server that is starting names its own time', () => {
    const error = failure(503, { message: 'starting' }, { 'retry-after': '3' });
    expect(error).toBeInstanceOf(PatienceError);
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryAfter: 3000 });
    expect(failure(503, { message: 'starting' })).not.toBeInstanceOf(PatienceError);
  });
});

describe('an answer that no cluster gives', () => {
  test.each([200, 302, 400, 403, 404])('with status %d is UNAVAILABLE, and says so', (status) => {
    const error = failure(status, '<html>login</html>', { 'content-type': 'text/html; charset=utf-8' });
    expect(error).toMatchObject({
      code: 'UNAVAILABLE',
      message: `https://cluster.example:6443 does not answer as a Kubernetes cluster does (status ${status}, text/html).`,
      hint: expect.stringContaining('proxy'),
    });
    expect(statusOf(error)).toBeUndefined();
  });

  test('with JSON of another kind is no better', () => {
    expect(failure(404, '{"message":"no such route"}')).toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('refuses a login all the same, and is out of order with a 5xx', () => {
    expect(failure(401, '<html>')).toMatchObject({ code: 'AUTHENTICATION' });
    expect(failure(502, '<html>')).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'https://cluster.example:6443 cannot answer at the moment (status 502).',
    });
  });
});
