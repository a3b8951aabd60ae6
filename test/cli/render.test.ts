import { describe, expect, test } from '@jest/globals';
import { type Column, type CommandDefinition, command, type ListResult, type Result } from '../../src/cli/command.js';
import { fromYaml } from '../../src/cli/lazy/yaml.js';
import { type RunOptions, run } from './surface.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly note: string | null;
}

const ROWS: readonly Row[] = [
  { id: '1', name: 'nightly', state: 'active', note: null },
  { id: '2', name: 'wöchentlich', state: 'paused', note: 'a "b", c' },
];

const COLUMNS: readonly Column<Row>[] = [
  { key: 'name', shown: true },
  { key: 'state', shown: true, text: (row, style) => (row.state === 'paused' ? style.yellow(row.state) : row.state) },
  { key: 'note', shown: true, drops: 2, heading: 'REMARK' },
  { key: 'is_archived', value: () => false },
];

function listOf(rows: readonly Row[], more: Partial<ListResult<Row>> = {}): ListResult<Row> {
  return {
    kind: 'list',
    rows,
    columns: COLUMNS,
    item: (row) => ({ ...row }),
    empty: 'No rows.',
    footer: `${rows.length} rows`,
    ...more,
  };
}

function giving(result: Result, ownColumns = true): CommandDefinition {
  return command({
    name: 'list',
    summary: 'List',
    ...(ownColumns && { options: [{ flags: '-c, --columns <names>', help: 'columns' }] }),
    examples: ['sched list'],
    input: () => null,
    run: async () => result,
  });
}

async function shown(result: Result, words: readonly string[] = [], options?: RunOptions) {
  return await run(['list', ...words], [giving(result)], options);
}

describe('a list', () => {
  test('is a table without borders, colour and cut in a pipe', async () => {
    const long = { id: '3', name: 'x'.repeat(300), state: 'active', note: 'end' };
    const { stdout, stderr, status } = await shown(listOf([...ROWS, long]));
    const [heading = '', first = '', second = '', third = ''] = stdout.split('\n');
    expect(heading).toMatch(/^NAME {298}STATE {3}REMARK$/);
    expect(first).toMatch(/^nightly {295}active$/);
    expect(second).toMatch(/^wöchentlich {291}paused {2}a "b", c$/);
    expect(third).toBe(`${'x'.repeat(300)}  active  end`);
    expect({ stderr, status }).toEqual({ stderr: '3 rows\n', status: 0 });
  });

  test('has colour in a terminal only', async () => {
    const paused = '\u001b[33mpaused\u001b[39m';
    expect((await shown(listOf(ROWS), [], { terminal: 80 })).stdout).toContain(paused);
    expect((await shown(listOf(ROWS), ['--color', 'always'])).stdout).toContain(paused);
    expect((await shown(listOf(ROWS), [], { env: { FORCE_COLOR: '1' } })).stdout).toContain(paused);
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      expect((await shown(listOf(ROWS), [], { terminal: 80, env })).stdout).not.toContain('\u001b');
    }
    expect((await shown(listOf(ROWS), ['--color=never'], { terminal: 80 })).stdout).not.toContain('\u001b');
  });

  test('drops columns of a narrow terminal in their order, says so, and then cuts', async () => {
    const { stdout, stderr } = await shown(listOf(ROWS), [], { terminal: 22, env: { NO_COLOR: '1' } });
    expect(stdout).toBe('NAME         STATE\nnightly      active\nwöchentlich  paused\n');
    expect(stderr).toContain('Columns hidden: note. Choose with --columns.');
    const narrow = await shown(listOf(ROWS), [], { terminal: 16, env: { NO_COLOR: '1' } });
    expect(narrow.stdout).toBe('NAME      STATE\nnightly   active\nwöchent…  paused\n');
    const chosen = await shown(listOf(ROWS), ['-c', 'name,note'], { terminal: 18, env: { NO_COLOR: '1' } });
    expect(chosen.stdout).toBe('NAME      REMARK\nnightly\nwöchent…  a "b", c\n');
  });

  test('lines up wide characters', async () => {
    const rows = ['日本語', '🙂 ok', 'שלום', 'e\u0301te'].map((name, index) => ({
      id: `${index}`,
      name,
      state: 'active',
      note: 'x',
    }));
    const { stdout } = await shown(listOf(rows), ['--no-headers']);
    expect(stdout).toBe('日本語  active  x\n🙂 ok   active  x\nשלום    active  x\ne\u0301te     active  x\n');
  });

  test('lets nothing in the data reach a terminal raw, while JSON is exact', async () => {
    const name = 'a\u001b[31mred\u001b]0;t\u0007\nb\tc\u202ed\u009b2J\ud800\u0000b';
    const { stdout } = await shown(listOf([{ id: '1', name, state: 'paused', note: null }]), ['--color=always']);
    expect(stdout).toContain('a\\u001b[31mred\\u001b]0;t\\u0007\\nb\\tc\\u202ed\\u009b2J\\ud800\\u0000b');
    expect(stdout.replaceAll('\u001b[33m', '').replaceAll('\u001b[39m', '')).toMatch(/^[\x20-\x7e\n]*$/);
    const json = await shown(listOf([{ id: '1', name, state: 'paused', note: null }]), ['-o', 'json']);
    expect(JSON.parse(json.stdout).items[0].name).toBe(name);
  });

  test('is ZenML’s envelope in JSON and YAML', async () => {
    const paged = listOf(ROWS, { pagination: { page: 2, size: 2, total: 5 } });
    const pagination = { index: 2, max_size: 2, total_pages: 3, total: 5 };
    const json = await shown(paged, ['-o', 'json']);
    expect(JSON.parse(json.stdout)).toEqual({ items: ROWS, pagination });
    expect(json.stdout).toMatch(/^\{\n {2}"items": \[\n/);
    expect(json.stderr).toBe('');
    expect(fromYaml((await shown(paged, ['-o', 'yaml'])).stdout, 'stdout')).toEqual({ items: ROWS, pagination });
    const some = await shown(paged, ['-o', 'json', '--columns', 'name,is_archived']);
    expect(JSON.parse(some.stdout).items[1]).toEqual({ name: 'wöchentlich', is_archived: false });
  });

  test('that is empty says so, and is an empty list in JSON', async () => {
    expect(await shown(listOf([]))).toEqual({ status: 0, stdout: '', stderr: 'No rows.\n' });
    const { status, stdout, stderr } = await shown(listOf([]), ['-o', 'json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ items: [], pagination: { index: 1, max_size: 0, total_pages: 1, total: 0 } });
  });

  test('is CSV by RFC 4180, TSV with escapes, or names', async () => {
    const rows = [...ROWS, { id: '3', name: 'a\tb\\', state: 'x\ny', note: ' ' }];
    expect((await shown(listOf(rows), ['-o', 'csv', '-c', 'all'])).stdout).toBe(
      'name,state,note,is_archived\nnightly,active,,false\nwöchentlich,paused,"a ""b"", c",false\na\tb\\,"x\ny"," ",false\n',
    );
    expect((await shown(listOf(rows), ['-o', 'tsv', '--no-headers'])).stdout).toBe(
      'nightly\tactive\t\nwöchentlich\tpaused\ta "b", c\na\\tb\\\\\tx\\ny\t \n',
    );
    expect((await shown(listOf(ROWS), ['-o', 'name'])).stdout).toBe('nightly\nwöchentlich\n');
  });

  test('says that there are more pages', async () => {
    const { stderr } = await shown(listOf(ROWS, { pagination: { page: 1, size: 2, total: 5 } }));
    expect(stderr).toContain('Page 1 of 3, 5 in all. The next: --page 2');
    const last = await shown(listOf(ROWS, { pagination: { page: 3, size: 2, total: 5 } }));
    expect(last.stderr).not.toContain('--page');
  });

  test('refuses an unknown column; where something was done already, it only warns', async () => {
    const refused = await shown(listOf(ROWS), ['-c', 'nam']);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('Did you mean name? Columns: name, state, note, is_archived');
    const done = await run(['list', '--columns', 'nam'], [giving(listOf(ROWS), false)]);
    expect(done.status).toBe(0);
    expect(done.stdout).toContain('nightly');
    expect(done.stderr).toContain('warning: There is no column nam.');
  });
});

describe('an object', () => {
  const object: Extract<Result, { kind: 'object' }> = {
    kind: 'object',
    item: { name: 'x', size: 2, tags: ['a'] },
    text: (style) => `${style.symbol.ok} ${style.bold(`made \u001b[31m${style.red('x')}`)}\nnext`,
  };

  test('is its text for people', async () => {
    expect((await shown(object)).stdout).toBe('ok made \\u001b[31mx\nnext\n');
    const terminal = await shown(object, [], { terminal: 80 });
    expect(terminal.stdout).toBe('✓ \u001b[1mmade \\u001b[31m\u001b[31mx\u001b[39m\u001b[22m\nnext\n');
  });

  test('may take its time for its text, and show a tree in it', async () => {
    const text: Extract<Result, { kind: 'object' }>['text'] = async (style) =>
      `it is\n${await style.yaml({ on: ['off', '1:30'] })}`;
    expect((await shown({ ...object, text })).stdout).toBe('it is\n"on":\n  - "off"\n  - "1:30"\n');
  });

  test('is its data for programs', async () => {
    expect(JSON.parse((await shown(object, ['-o', 'json'])).stdout)).toEqual({ name: 'x', size: 2, tags: ['a'] });
    expect((await shown(object, ['-o', 'csv'])).stdout).toBe('name,size,tags\nx,2,"[""a""]"\n');
    expect((await shown(object, ['-o', 'name'])).stdout).toBe('x\n');
    expect((await shown({ ...object, names: ['a', 'b'] } as Result, ['-o', 'name'])).stdout).toBe('a\nb\n');
  });
});

describe('the output format', () => {
  test.each([
    [{ SCHED_OUTPUT: 'name' }, [], 'nightly\n'],
    [{ ZENML_DEFAULT_OUTPUT: 'name' }, [], 'nightly\n'],
    [{ SCHED_OUTPUT: 'name', ZENML_DEFAULT_OUTPUT: 'json' }, [], 'nightly\n'],
    [{ SCHED_OUTPUT: 'json' }, ['-o', 'name'], 'nightly\n'],
  ])('%j %j', async (env, words, expected) => {
    expect((await shown(listOf(ROWS.slice(0, 1)), words, { env: env as Record<string, string> })).stdout).toBe(
      expected,
    );
  });

  test('that does not exist is refused', async () => {
    const { status, stderr } = await shown(listOf(ROWS), [], { env: { SCHED_OUTPUT: 'xml' } });
    expect(status).toBe(2);
    expect(stderr).toContain('SCHED_OUTPUT: there is no output format xml.');
  });
});

describe('exit reasons and notes', () => {
  const reasons = (codes: readonly number[]) => codes.map((code) => ({ code, reason: `because ${code}` }));

  test.each([
    [[8, 11, 10], 10],
    [[8, 11], 11],
    [[5, 8], 8],
    [[5, 3], 5],
    [[], 0],
  ])('%j ends with %i', async (codes, status) => {
    const ran = await shown(listOf(ROWS, { exit: reasons(codes) }), ['-o', 'json']);
    expect(ran.status).toBe(status);
    expect(JSON.parse(ran.stdout).exit_reasons).toEqual(reasons(codes));
  });

  test('warnings are always said, next steps to people only', async () => {
    const notes = [
      { kind: 'warning', text: 'no agent\u001b' },
      { kind: 'hint', text: 'sched agent' },
    ] as const;
    expect((await shown({ kind: 'none', notes })).stderr).toBe('warning: no agent\\u001b\nsched agent\n');
    expect((await shown({ kind: 'none', notes }, ['-o', 'json'])).stderr).toBe('warning: no agent\\u001b\n');
    expect((await shown({ kind: 'none', notes }, [], { terminal: 80 })).stderr).toContain(
      '\u001b[33m!\u001b[39m no agent',
    );
  });
});
