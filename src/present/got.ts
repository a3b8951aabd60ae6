import type { ObjectResult, Style } from '../cli/command.js';
import { manifestOf } from '../drivers/index.js';
import type { Got } from '../operations/get.js';
import { preview } from '../operations/preview.js';
import { bulkExit, type Item } from '../operations/selection.js';
import { scheduleJson } from '../operations/view.js';
import type { Json } from '../schedule.js';
import { formatLocal } from '../time/format.js';
import { differenceJson, differenceLines } from './differences.js';
import { errorJson } from './items.js';
import { facts, lastText, nextText, stateText, timingWords } from './schedule.js';
import { type Fact, runFacts } from './workload.js';

/** What `get` says; several names make a list. */
export function presentGot(items: readonly Item<Got>[], several: boolean): ObjectResult {
  const objects = items.map(({ name, result, error }) =>
    result === null ? { name, error: errorJson(error) } : gotJson(result),
  );
  const exit = bulkExit(items);
  return {
    kind: 'object',
    item: several ? { items: objects } : (objects[0] ?? null),
    names: items.map(({ name }) => name),
    text: async (style) => {
      const shown = items.map(async ({ name, result, error }) =>
        result === null ? `${name}: ${error?.message}` : await words(result, style),
      );
      return (await Promise.all(shown)).join('\n\n');
    },
    exit: exit === null ? [] : [exit],
  };
}

function gotJson({ view, live, unfinished }: Got): Json {
  const shown = { ...scheduleJson(view), unfinished: unfinished?.verb ?? null };
  if (live === null) {
    return shown;
  }
  return {
    ...shown,
    url: live.native?.url ?? null,
    live:
      live.native === null
        ? null
        : {
            state: live.state,
            native_id: live.native.nativeId,
            paused: live.native.paused,
            ...live.native.projection,
            foreign_fields: live.native.foreignFields ?? [],
            commands: live.native.commands ?? [],
          },
    differences: live.differences.map(differenceJson),
  };
}

async function words({ view, live, unfinished }: Got, style: Style): Promise<string> {
  const { record } = view;
  const { spec } = record;
  const now = style.now;
  const time = (instant: number | null): string | null =>
    instant === null ? null : `${formatLocal(instant, spec.timezone, now)} ${spec.timezone}`;
  const ahead =
    view.nextRun === null ? null : nextText(preview(spec, manifestOf(record.flavor), now).next, spec.timezone, now);
  const rows: readonly Fact[] = [
    ['id', record.id],
    ['state', stateText(view, style)],
    [
      'paused',
      record.pause === null
        ? null
        : `by ${record.pause.by}, ${formatLocal(record.pause.at, spec.timezone, now)}${record.pause.reason === null ? '' : `: ${record.pause.reason}`}`,
    ],
    [
      'unfinished',
      unfinished === null ? null : `${unfinished.verb} by ${unfinished.holder.actor}; sched audit --fix finishes it`,
    ],
    ['runs', timingWords(spec)],
    ['starts', time(spec.start)],
    ['ends', time(spec.end)],
    ['maximum', spec.maxRuns === null ? null : `${spec.maxRuns} runs`],
    ['next', ahead],
    ['last', lastText(view, style)],
    ['pipeline', spec.pipeline],
    ...(await runFacts(spec.run, style)),
    ['parameters', Object.keys(spec.parameters).length === 0 ? null : JSON.stringify(spec.parameters)],
    ['catch-up', spec.catchup === 'all' ? `all, at most ${spec.catchupLimit}` : spec.catchup],
    ['overlap', spec.overlap],
    ['fired by', record.firedBy === 'agent' ? 'an agent (sched agent)' : null],
    ['time limit', spec.timeoutSeconds === null ? null : `${spec.timeoutSeconds} s`],
    [
      'retries',
      spec.retry === null
        ? null
        : `${spec.retry.count}, after ${spec.retry.delaySeconds} s, then ${spec.retry.factor} × longer each`,
    ],
    [
      'labels',
      Object.entries(spec.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
    ],
    ['owner', spec.owner],
    ['description', spec.description],
    ['orchestrator', `${record.orchestrator} (${record.flavor})`],
    ['native', record.nativeId],
    ['created', `${time(record.created)} by ${record.user}`],
    ['revision', String(record.revision)],
  ];
  return [
    style.bold(spec.name),
    facts(rows, style),
    ...(live === null ? [] : [liveWords(live, record.orchestrator, style)]),
  ].join('\n');
}

function liveWords(live: NonNullable<Got['live']>, orchestrator: string, style: Style): string {
  if (live.state === 'unchecked') {
    return `\n${style.yellow('Not looked at')}: ${live.error?.message ?? ''}`;
  }
  if (live.native === null) {
    return `\n${style.red('Gone')} from ${orchestrator}.`;
  }
  const others = live.native.foreignFields ?? [];
  const foreign = others.length === 0 ? '' : `\nalso set there, not by sched: ${others.join(', ')}`;
  const commands = (live.native.commands ?? []).map((line) => `\n  ${line}`).join('');
  const more = `${foreign}${commands === '' ? '' : `\n\nTo look further there:${commands}`}`;
  return live.differences.length === 0
    ? `\nOn ${orchestrator}: identical.${more}`
    : `\nOn ${orchestrator}, otherwise than written:\n${differenceLines(live.differences, style)}${more}`;
}
