/** How many letters may be wrong, by the length of the word. */
function tolerance(length: number): number {
  return Math.max(1, Math.min(3, Math.floor(length / 4)));
}

/**
 * The candidates that someone who typed `word` may have meant, at most `most` (3 unless told): the nearest of those a few letters
 * away (insertions, deletions, substitutions, neighbours swapped), then those that contain the word. Case does not count.
 * One pass that keeps no list of the candidates, so a hundred thousand are fine.
 */
export function nearest(word: string, candidates: Iterable<string>, most = 3): string[] {
  const wanted = word.toLowerCase();
  const limit = tolerance(wanted.length);
  const found: { readonly candidate: string; readonly score: number }[] = [];
  for (const candidate of candidates) {
    const score = distance(wanted, candidate.toLowerCase(), limit);
    if (score !== undefined) {
      found.push({ candidate, score });
      if (found.length > most * 4) {
        found.sort(byScore).length = most;
      }
    }
  }
  found.sort(byScore);
  // Beside a near one, what is further away is a distraction.
  return found
    .filter(({ score }) => score < (found[0]?.score ?? 0) + 1)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

function byScore(one: { candidate: string; score: number }, other: { candidate: string; score: number }): number {
  return one.score - other.score || (one.candidate < other.candidate ? -1 : 1);
}

/** Letters to change, or a little more than `limit` when `candidate` merely contains `word`; undefined when it is neither. */
function distance(word: string, candidate: string, limit: number): number | undefined {
  const edits = Math.abs(word.length - candidate.length) > limit ? limit + 1 : editDistance(word, candidate, limit);
  if (edits <= limit) {
    return edits;
  }
  return word.length >= 3 && candidate.includes(word) ? limit + 1 : undefined;
}

/**
 * Damerau and Levenshtein's distance with restricted transpositions, given up as soon as it must exceed `limit`. Only the diagonal
 * band that is `limit` wide on either side can hold a smaller number.
 */
function editDistance(one: string, other: string, limit: number): number {
  const beyond = limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => Math.min(column, beyond));
  for (let row = 1; row <= one.length; row += 1) {
    const current: number[] = new Array(other.length + 1).fill(beyond);
    current[0] = Math.min(row, beyond);
    let best = current[0];
    for (let column = Math.max(1, row - limit); column <= Math.min(other.length, row + limit); column += 1) {
      const same = one.charCodeAt(row - 1) === other.charCodeAt(column - 1);
      let value = Math.min(
        (last[column] ?? beyond) + 1,
        (current[column - 1] ?? beyond) + 1,
        (last[column - 1] ?? beyond) + (same ? 0 : 1),
      );
      if (
        row > 1 &&
        column > 1 &&
        one.charCodeAt(row - 1) === other.charCodeAt(column - 2) &&
        one.charCodeAt(row - 2) === other.charCodeAt(column - 1)
      ) {
        value = Math.min(value, (beforeLast[column - 2] ?? beyond) + 1);
      }
      current[column] = value;
      best = Math.min(best, value);
    }
    if (best > limit) {
      return beyond;
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? beyond;
}
