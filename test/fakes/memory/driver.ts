import type { Call, CheckItem, Connect } from '../../../src/drivers/driver.js';
import { isSchedError, SchedError } from '../../../src/errors.js';
import { project } from '../../../src/projection.js';
import type { Json, NativeSchedule, Projection, ScheduleSpec } from '../../../src/schedule.js';
import { formatStamp, parseStamp } from '../../../src/stamp.js';
import { clientOf, nativeRun, type WireObject, type WireRun } from '../client.js';
import { targetNamed } from '../open-targets.js';
import type { manifest } from './manifest.js';

/** What the driver writes: the whole spec, and the stamp beside it. Somebody else's object has other fields or none. */
interface Body {
  readonly stamp?: string;
  readonly spec?: ScheduleSpec;
  /** Fields that stand there otherwise than the spec can say, and others that are not told at all. */
  readonly shows?: Projection;
  readonly hides?: readonly string[];
  /** What is told beside the fields. */
  readonly tells?: Pick<NativeSchedule, 'changedBy' | 'foreignFields' | 'madeBy' | 'commands'>;
}

/** Keeps whole specs on a target in memory. */
export const connect: Connect<typeof manifest> = ({ target: name = '', token = '' }) => {
  const { send, pages } = clientOf(targetNamed(name), token);

  async function read(
    nativeId: string,
    call: Call,
    operation: 'read' | 'create' = 'read',
  ): Promise<NativeSchedule | undefined> {
    try {
      return native(await send<WireObject<Body>>({ operation, method: 'get', id: nativeId }, call));
    } catch (error) {
      if (isSchedError(error, 'NOT_FOUND')) {
        return undefined;
      }
      throw error;
    }
  }

  return {
    async identity(call) {
      return (await send<{ uid: string }>({ operation: 'identity', method: 'identity' }, call)).uid;
    },

    async create({ spec, paused: asked, firedBy, stamp }, call) {
      const paused = asked || firedBy === 'agent';
      const id = `mem-${stamp.registry}-${stamp.schedule}-${stamp.generation}`;
      const body = { stamp: formatStamp(stamp), spec: spec as unknown as Json };
      try {
        await send({ operation: 'create', method: 'create', id, body, paused }, call);
      } catch (error) {
        const standing = isSchedError(error, 'CONFLICT') ? await read(id, call, 'create') : undefined;
        if (standing?.stamp?.schedule !== stamp.schedule) {
          throw error;
        }
      }
      return id;
    },

    read,

    async *list(call) {
      for await (const object of pages<WireObject<Body>>({ operation: 'list', method: 'list' }, call)) {
        const schedule = native(object);
        if (schedule.stamp !== null) {
          yield schedule;
        }
      }
    },

    async remove(nativeId, { stopRuns }, call) {
      try {
        await send({ operation: 'remove', method: 'delete', id: nativeId, body: { stopRuns } }, call);
      } catch (error) {
        if (!isSchedError(error, 'NOT_FOUND')) {
          throw error;
        }
      }
    },

    async update(nativeId, { spec, version }, call) {
      const { body } = await send<WireObject<Body>>({ operation: 'update', method: 'get', id: nativeId }, call);
      const next = { ...body, spec } as unknown as Json;
      await send(
        { operation: 'update', method: 'put', id: nativeId, body: next, ...(version !== null && { version }) },
        call,
      );
    },

    async setStamp(nativeId, request, call) {
      const { body } = await send<WireObject<Body | null>>(
        { operation: 'setStamp', method: 'get', id: nativeId },
        call,
      );
      const { stamp: _stamp, ...others } = body ?? {};
      const next = { ...others, ...(request !== null && { stamp: formatStamp(request.stamp), spec: request.spec }) };
      await send({ operation: 'setStamp', method: 'put', id: nativeId, body: next as unknown as Json }, call);
    },

    async setPaused(nativeId, paused, call) {
      await send({ operation: 'setPaused', method: 'pause', id: nativeId, paused }, call);
    },

    async trigger(nativeId, { key, parameters, scheduled, trigger }, call) {
      const body = { parameters, scheduled, trigger };
      return nativeRun(await send<WireRun>({ operation: 'trigger', method: 'start', id: nativeId, key, body }, call));
    },

    async *runs(nativeId, { since }, call) {
      for await (const run of pages<WireRun>({ operation: 'runs', method: 'runs', id: nativeId }, call)) {
        if (since === null || run.started >= since) {
          yield nativeRun(run);
        }
      }
    },

    async *allRuns({ since }, call) {
      for await (const object of pages<WireObject<Body>>({ operation: 'allRuns', method: 'list' }, call)) {
        const runs = pages<WireRun>({ operation: 'allRuns', method: 'runs', id: object.id }, call);
        for await (const run of native(object).stamp === null ? [] : runs) {
          if (since === null || run.started >= since) {
            yield { nativeId: object.id, run: nativeRun(run) };
          }
        }
      }
    },

    async rehearse(rehearsal, call) {
      await send({ operation: 'rehearse', method: 'health' }, call);
      const url = 'memory://objects';
      return [
        rehearsal.do === 'create'
          ? { method: 'POST', url, body: { spec: rehearsal.request.spec as unknown as Json } }
          : { method: rehearsal.do === 'remove' ? 'DELETE' : 'PUT', url: `${url}/${rehearsal.nativeId}`, body: null },
      ];
    },

    async *logs(_nativeId, runId, call) {
      yield Buffer.from(await send<string>({ operation: 'logs', method: 'logs', id: runId }, call));
    },

    async *findForeign(call) {
      for await (const object of pages<WireObject<Body>>({ operation: 'findForeign', method: 'list' }, call)) {
        const schedule = native(object);
        if (schedule.stamp === null) {
          yield schedule;
        }
      }
    },

    async *check(call) {
      const { user, jobs } = await send<{ user: string; jobs: boolean }>(
        { operation: 'check', method: 'health' },
        call,
      );
      const items: readonly CheckItem[] = [
        { item: 'login', ok: true, detail: user, hint: null },
        {
          item: 'jobs',
          ok: jobs,
          detail: jobs ? 'may be made' : 'may not be made',
          hint: jobs ? null : 'Ask for the right to make jobs.',
        },
      ];
      yield* items;
    },

    async close() {},
  };
};

function native({ id, body, paused, version }: WireObject<Body>): NativeSchedule {
  const stamp = typeof body?.stamp === 'string' ? (parseStamp(body.stamp) ?? null) : null;
  if (stamp !== null && body.spec === undefined) {
    throw new SchedError('FAILED', `${id} carries a stamp and no spec`);
  }
  const projection = body?.spec === undefined ? { paused } : { ...project(body.spec, paused), ...body.shows };
  const told = Object.entries(projection).filter(([field]) => !body?.hides?.includes(field));
  return { nativeId: id, stamp, paused, projection: Object.fromEntries(told), version, url: null, ...body?.tells };
}
