/** The longest delay that a timer of Node takes, in milliseconds (a signed 32-bit number). */
const LONGEST = 2 ** 31 - 1;

/** Calls `action` once after `delay` milliseconds, however many, unless cancelled. Does not keep the process alive. */
export function alarm(delay: number, action: () => void): { cancel(): void } {
  let timer: NodeJS.Timeout;
  const arm = (left: number): void => {
    timer = setTimeout(() => (left > LONGEST ? arm(left - LONGEST) : action()), Math.min(left, LONGEST)).unref();
  };
  arm(delay);
  return { cancel: () => clearTimeout(timer) };
}
