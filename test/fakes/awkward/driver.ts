import type { Connect } from '../../../src/drivers/driver.js';
import { isSchedError } from '../../../src/errors.js';
import type { NativeSchedule } from '../../../src/schedule.js';
import { clientOf, nativeRun, type WireObject, type WireRun } from '../client.js';
import { targetNamed } from '../open-targets.js';
import type { manifest } from './manifest.js';
import { type Job, readJob, readStamp, writeJob } from './wire.js';

/** Server-assigned ids, no update, small pages, writes that show late, room for an id only. */
export const connect: Connect<typeof manifest> = ({ target: name = '', token = '' }) => {
  const { send, pages } = clientOf(targetNamed(name), token);
  return {
    async identity(call) {
      return (await send<{ uid: string }>({ operation: 'identity', method: 'identity' }, call)).uid;
    },

    async create({ spec, paused: asked, firedBy, stamp }, call) {
      const body = { ...writeJob(spec, firedBy, stamp) };
      const paused = asked || firedBy === 'agent';
      return (await send<{ id: string }>({ operation: 'create', method: 'create', body, paused }, call)).id;
    },

    async read(nativeId, call) {
      try {
        return native(await send<WireObject<Job>>({ operation: 'read', method: 'get', id: nativeId }, call));
      } catch (error) {
        if (isSchedError(error, 'NOT_FOUND')) {
          return undefined;
        }
        throw error;
      }
    },

    async *list(call) {
      for await (const object of pages<WireObject<Job>>({ operation: 'list', method: 'list' }, call)) {
        const schedule = native(object);
        if (schedule.stamp !== null) {
          yield schedule;
        }
      }
    },

    async remove(nativeId, _removal, call) {
      try {
        await send({ operation: 'remove', method: 'delete', id: nativeId }, call);
      } catch (error) {
        if (!isSchedError(error, 'NOT_FOUND')) {
          throw error;
        }
      }
    },

    async setPaused(nativeId, paused, call) {
      await send({ operation: 'setPaused', method: 'pause', id: nativeId, paused }, call);
    },

    async trigger(nativeId, { parameters }, call) {
      return nativeRun(
        await send<WireRun>({ operation: 'trigger', method: 'start', id: nativeId, body: { parameters } }, call),
      );
    },

    async *runs(nativeId, { since }, call) {
      for await (const run of pages<WireRun>({ operation: 'runs', method: 'runs', id: nativeId }, call)) {
        if (since === null || run.started >= since) {
          yield nativeRun(run);
        }
      }
    },

    async *findForeign(call) {
      for await (const object of pages<WireObject<Job>>({ operation: 'findForeign', method: 'list' }, call)) {
        const schedule = native(object);
        if (schedule.stamp === null) {
          yield schedule;
        }
      }
    },

    async close() {},
  };
};

function native({ id, body, paused }: WireObject<Job>): NativeSchedule {
  return { nativeId: id, stamp: readStamp(body), paused, projection: readJob(body, paused), version: null, url: null };
}
