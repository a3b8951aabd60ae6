import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { inPlace, ROOT } from '../whole/program.js';
import { playStory, readStory } from './story.js';

const folder = dirname(fileURLToPath(import.meta.url));
const stories = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.txtar'))
  .sort()
  .map((name) => join(folder, name));

describe('stories', () => {
  test('are found', () => {
    expect(stories.length).toBeGreaterThan(10);
  });

  test.each(stories.map((file) => [relative(ROOT, file), file]))(
    '%s',
    async (name, file) => {
      await inPlace((place) => playStory(readStory(name, readFileSync(file, 'utf8')), place));
    },
    90_000,
  );
});

describe('a story that goes otherwise is told with file and line', () => {
  test.each([
    ['$ sched version\n> sched {rest}\n= 3', 'a.txtar:3: exit status 0 instead of 3'],
    ['# c\n$ sched version', 'a.txtar:2: standard output: there is more: "sched '],
    ['$ sched version\n> shed {rest}', 'a.txtar:2: standard output: expected "shed {rest}", found "sched '],
    ['$ sched version\n> ...\n> nothing of the kind', 'a.txtar:3: standard output: expected "nothing of the kind"'],
    ['$ sched version\n> sched {rest}\n> more', 'a.txtar:3: standard output: expected "more", found the end'],
    ['$ sched version\n> sched {rest}\n! warning', 'a.txtar:3: standard error: expected "warning", found the end'],
    ['> stray', 'a.txtar:1: "> stray" is no line of a story'],
  ])('%j', async (text, told) => {
    await inPlace(async (place) => {
      await expect((async () => playStory(readStory('a.txtar', text), place))()).rejects.toThrow(told);
    });
  });
});
