/** Amounts as Kubernetes writes them (apimachinery/pkg/api/resource): equal by value, whatever their spelling. */

const SHAPE = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(|n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d{1,2})$/;
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** Digits after the point that count: more than any amount of the API has. */
const SCALE = 120;

/** True when both are amounts and the same one: `1000m` and `1`, `1024Mi` and `1Gi`. */
export function sameQuantity(left: string | number, right: string | number): boolean {
  const [one, other] = [amountOf(String(left)), amountOf(String(right))];
  return one !== undefined && one === other;
}

/** `part` as a share of `whole` (0.5: half); undefined when either is no amount or the whole is none. */
export function shareOf(part: string | number, whole: string | number): number | undefined {
  const [one, other] = [amountOf(String(part)), amountOf(String(whole))];
  return one === undefined || other === undefined || other === 0n
    ? undefined
    : Number((one * 10_000n) / other) / 10_000;
}

/** The amount times 10^SCALE. */
function amountOf(text: string): bigint | undefined {
  const [, sign = '', digits = '', suffix = ''] = SHAPE.exec(text) ?? [];
  if (digits === '') {
    return undefined;
  }
  const [whole = '', fraction = ''] = digits.split('.');
  if (fraction.length > 20) {
    return undefined;
  }
  const binary = BINARY.indexOf(suffix);
  const exponent = binary >= 0 ? 0 : (DECIMAL[suffix] ?? Number(suffix.slice(1)));
  const value =
    BigInt(`${whole}${fraction}`) *
    10n ** BigInt(SCALE - fraction.length + exponent) *
    1024n ** BigInt(binary >= 0 ? binary + 1 : 0);
  return sign === '-' ? -value : value;
}
