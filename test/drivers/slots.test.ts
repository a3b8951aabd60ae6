import { expect, test } from '@jest/globals';
import { slots } from '../../src/drivers/slots.js';

const patient = new AbortController().signal;

test('places are given in the order in which they were asked for', async () => {
  const places = slots(1);
  const first = await places.take(patient);
  const order: number[] = [];
  const waiting = [1, 2, 3].map(async (turn) => {
    const release = await places.take(patient);
    order.push(turn);
    release?.();
  });
  first?.();
  await Promise.all(waiting);
  expect(order).toEqual([1, 2, 3]);
});

test('who gave up waiting takes no place', async () => {
  const places = slots(1);
  const first = await places.take(patient);
  const controller = new AbortController();
  const gaveUp = places.take(controller.signal);
  const next = places.take(patient);
  controller.abort();
  expect(await gaveUp).toBeUndefined();
  first?.();
  expect(await next).toBeInstanceOf(Function);
});

test('a place given back twice is one place', async () => {
  const places = slots(1);
  const first = await places.take(patient);
  first?.();
  first?.();
  const second = await places.take(patient);
  let third = false;
  void places.take(patient).then(() => {
    third = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([second !== undefined, third]).toEqual([true, false]);
});

test('there is always one', async () => {
  expect(await slots(0).take(patient)).toBeInstanceOf(Function);
});
