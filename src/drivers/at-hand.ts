/** Turns of the microtask queue after which an item that a page holds already has come through its generators. */
const TURNS = 24;

/** What a promise gives when it need not be waited for; undefined when it must be, or fails. */
export async function atHand<T>(promise: Promise<T>): Promise<T | undefined> {
  let value: T | undefined;
  let open = true;
  const close = (): void => {
    open = false;
  };
  promise.then((given) => {
    value = given;
    close();
  }, close);
  for (let turn = 0; open && turn < TURNS; turn += 1) {
    await undefined;
  }
  return value;
}
