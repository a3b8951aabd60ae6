/** Amounts (`500m`, `2Gi`) in the one spelling that the API server gives back (resource.Quantity of Kubernetes' API machinery). */

const DECIMAL = ['m', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const;
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const AMOUNT = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:(m|k|M|G|T|P|E|u|n)|([KMGTPE]i)|[eE]([+-]?\d+))?$/;
const FINE: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** The canonical text, in thousandths at least; undefined for what is no amount. */
export function quantity(text: string): string | undefined {
  const [, sign, digits, decimal, binary, exponent] = AMOUNT.exec(text) ?? [];
  if (digits === undefined) {
    return undefined;
  }
  if (sign === '+' || (exponent !== undefined && Number(exponent) < 0)) {
    return text;
  }
  const power = decimal === undefined ? Number(exponent ?? 0) : (FINE[decimal] ?? 0);
  const factor = binary === undefined ? 1n : 1024n ** BigInt(BINARY.indexOf(binary as (typeof BINARY)[number]));
  const milli = thousandths(digits, power, factor);
  const spelt =
    exponent !== undefined
      ? exponential(milli)
      : binary !== undefined && milli % 1000n === 0n
        ? inBinary(milli / 1000n)
        : inDecimal(milli);
  return sign === '-' && milli !== 0n ? `-${spelt}` : spelt;
}

/** Rounded up, as the server rounds. */
function thousandths(digits: string, power: number, factor: bigint): bigint {
  const [whole = '', fraction = ''] = digits.split('.');
  const scale = power + 3 - fraction.length;
  const value = BigInt(whole + fraction) * factor;
  if (scale >= 0) {
    return value * 10n ** BigInt(scale);
  }
  const divisor = 10n ** BigInt(-scale);
  return (value + divisor - 1n) / divisor;
}

function inDecimal(milli: bigint): string {
  let [value, step] = [milli, 0];
  while (value !== 0n && value % 1000n === 0n && step < DECIMAL.length - 1) {
    value /= 1000n;
    step += 1;
  }
  return value === 0n ? '0' : `${value}${DECIMAL[step]}`;
}

function inBinary(units: bigint): string {
  let [value, step] = [units, 0];
  while (value !== 0n && value % 1024n === 0n && step < BINARY.length - 1) {
    value /= 1024n;
    step += 1;
  }
  return `${value}${BINARY[step]}`;
}

function exponential(milli: bigint): string {
  let [value, power] = [milli, -3];
  while (value !== 0n && value % 1000n === 0n) {
    value /= 1000n;
    power += 3;
  }
  return value === 0n ? '0' : power === 0 ? String(value) : `${value}e${power}`;
}

/** Thousandths of a canonical amount. */
export function thousandthsOf(text: string): bigint {
  const [, sign, digits = '0', decimal, binary, exponent] = AMOUNT.exec(text) ?? [];
  const power = decimal === undefined ? Number(exponent ?? 0) : (FINE[decimal] ?? 0);
  const factor = binary === undefined ? 1n : 1024n ** BigInt(BINARY.indexOf(binary as (typeof BINARY)[number]));
  const value = thousandths(digits, power, factor);
  return sign === '-' ? -value : value;
}
