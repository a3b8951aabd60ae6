import { describe, expect, test } from '@jest/globals';
import { chosenProxy } from '../../src/drivers/shared/proxy-choice.js';

const PROXY = 'http://proxy.example:3128';

function goesThrough(url: string, noProxy: string): boolean {
  return chosenProxy(new URL(url), undefined, { HTTPS_PROXY: PROXY, NO_PROXY: noProxy }) !== undefined;
}

describe('NO_PROXY', () => {
  test.each([
    ['*', 'https://a.example/'],
    ['a.example', 'https://a.example/'],
    ['a.example', 'https://b.a.example/'],
    ['.a.example', 'https://b.a.example/'],
    ['*.a.example', 'https://b.a.example/'],
    ['A.Example', 'https://a.example/'],
    ['x.example, a.example', 'https://a.example/'],
    ['a.example:443', 'https://a.example/'],
    ['a.example:6443', 'https://a.example:6443/'],
    ['10.1.2.3', 'https://10.1.2.3/'],
    ['10.0.0.0/8', 'https://10.1.2.3:6443/'],
    ['fd00::1', 'https://[fd00::1]/'],
    ['[fd00::1]:6443', 'https://[fd00::1]:6443/'],
    ['fd00::/8', 'https://[fd12::1]/'],
  ])('%s covers %s', (list, url) => {
    expect(goesThrough(url, list)).toBe(false);
  });

  test.each([
    ['', 'https://a.example/'],
    [',', 'https://a.example/'],
    ['a.example', 'https://aa.example/'],
    ['.a.example', 'https://a.example/'],
    ['*.a.example', 'https://a.example/'],
    ['a.example:444', 'https://a.example/'],
    ['10.1.2.3', 'https://10.1.2.4/'],
    ['10.0.0.0/8', 'https://11.1.2.3/'],
    ['10.0.0.0/33', 'https://10.1.2.3/'],
    ['10.0.0.0/8', 'https://10.example/'],
    ['0.0.0.0/0', 'https://[fd00::1]/'],
    ['0.3', 'https://10.1.0.3/'],
  ])('%j does not cover %s', (list, url) => {
    expect(goesThrough(url, list)).toBe(true);
  });
});

describe('a proxy', () => {
  test.each(['https://localhost:1/', 'https://127.0.0.1/', 'https://127.9.9.9/', 'https://[::1]/'])(
    'is for other machines only, not for %s',
    (url) => {
      expect(goesThrough(url, '')).toBe(false);
    },
  );

  test('is chosen by the scheme, capitals first; an empty variable names none', () => {
    const env = { HTTPS_PROXY: '', https_proxy: 'secure:1', HTTP_PROXY: 'http://plain:2', http_proxy: 'other:3' };
    expect(chosenProxy(new URL('https://a.example/'), undefined, env)?.href).toBe('http://secure:1/');
    expect(chosenProxy(new URL('http://a.example/'), undefined, env)?.href).toBe('http://plain:2/');
    expect(chosenProxy(new URL('http://a.example/'), undefined, {})).toBeUndefined();
    expect(chosenProxy(new URL('https://localhost/'), PROXY, {})?.host).toBe('proxy.example:3128');
  });
});
