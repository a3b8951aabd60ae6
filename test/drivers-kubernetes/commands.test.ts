import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import type { Reach } from '../../src/drivers/kubernetes/commands.js';
import { newCronJob } from '../../src/drivers/kubernetes/cronjob.js';
import { nativeSchedule } from '../../src/drivers/kubernetes/read-back.js';
import type { Json } from '../../src/schedule.js';
import { stored } from './server.js';
import { recorded } from './specs.js';

const FOREIGN = { metadata: { name: 'train', namespace: 'team' }, spec: { schedule: '0 3 * * *' } };
const PODS = [
  'NAME READY',
  'train-29337-abcde 0/1',
  'train-6kq2v7xnal-abcde 0/1',
  'train-eval-29337-abcde 0/1',
  'x 1/1',
];

function commands(cronJob: Json, reach: Reach = {}): readonly string[] {
  return nativeSchedule(cronJob, reach).commands ?? [];
}

/** The words that a shell makes of a command, up to its pipe. */
function words(command: string): readonly string[] {
  const [line = ''] = command.split(' | ');
  return execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
}

describe('the commands to look further with', () => {
  test('are those of kubectl about the CronJob, its Jobs by their label, its events and its pods', () => {
    const kubectl = 'kubectl --kubeconfig /etc/kube/config --context team@prod -n space';
    const reach = { kubeconfig: '/etc/kube/config', context: 'team@prod' };
    const own = stored(newCronJob(recorded(), false), 'space');
    expect(commands(own, reach)).toEqual([
      `${kubectl} describe cronjob nightly-train-ijklmnop`,
      `${kubectl} get jobs -l sched/schedule=abcdefgh-ijklmnopqrst --sort-by=.metadata.creationTimestamp`,
      `${kubectl} get events --field-selector involvedObject.name=nightly-train-ijklmnop`,
      `${kubectl} get pods -l job-name --sort-by=.metadata.creationTimestamp | grep -E '^(NAME|nightly-train-ijklmnop-[^- ]+-[^- ]+) '`,
    ]);
  });

  test('name no label where there is none, and no file or context that nobody set', () => {
    expect(commands(FOREIGN, { context: '' }).slice(0, 2)).toEqual([
      'kubectl -n team describe cronjob train',
      'kubectl -n team get jobs --sort-by=.metadata.creationTimestamp',
    ]);
  });

  test.each(["it's a $HOME/`x`", 'a b', '*', '~/x', 'a\\b', '"'])('keep %j one word for a shell', (text) => {
    const [first = ''] = commands(FOREIGN, { kubeconfig: text, context: text });
    expect(words(first).slice(0, 5)).toEqual(['kubectl', '--kubeconfig', text, '--context', text]);
  });

  test('pick the pods of this CronJob alone', () => {
    const filter = commands(FOREIGN)[3]?.split(' | ')[1] ?? '';
    const input = `${PODS.join('\n')}\n`;
    const kept = execFileSync('sh', ['-c', filter], { encoding: 'utf8', input });
    expect(kept.trimEnd().split('\n')).toEqual(PODS.slice(0, 3));
  });

  test('are found out once, as is all that few ask for', () => {
    const native = nativeSchedule(stored(newCronJob(recorded(), false)), {});
    expect(native.commands).toBe(native.commands);
    expect(native.foreignFields).toBe(native.foreignFields);
    expect(native.changedBy).toBe(native.changedBy);
    for (const name of ['commands', 'foreignFields', 'changedBy', 'version']) {
      expect(Object.getOwnPropertyDescriptor(native, name)?.get).toBeInstanceOf(Function);
    }
  });
});
