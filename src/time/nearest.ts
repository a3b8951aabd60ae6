/**
 * At most three of `candidates` that were probably meant by `typed`: the nearest by edits, whole or by the part that
 * `core` picks out of a candidate. Empty when nothing is near. Case does not count.
 */
export function nearest(
  typed: string,
  candidates: readonly string[],
  core: (candidate: string) => string = (candidate) => candidate,
): string[] {
  const wanted = typed.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 4));
  return candidates
    .map((candidate) => ({
      candidate,
      distance: Math.min(
        edits(wanted, candidate.toLowerCase(), limit),
        edits(wanted, core(candidate).toLowerCase(), limit) + 0.5,
      ),
    }))
    .filter(({ distance }) => distance <= limit + 0.5)
    .sort((a, b) => a.distance - b.distance)
    .filter(({ distance }, _, [best]) => distance < (best?.distance ?? 0) + 1)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Insertions, deletions, replacements and swaps of neighbours from one word to the other; over `limit` it is only known to be more. */
function edits(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) {
    return limit + 1;
  }
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? limit + 1;
}
