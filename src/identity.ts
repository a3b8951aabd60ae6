/**
 * What tells a target from any other, as text: facts with blanks between them, the one that lasts longest first, each `kind:value` or a
 * single value. How many facts a login may read is its own matter.
 */

/** True when two identities are of one target: the first kind of fact that both have decides. */
export function isSameTarget(pinned: string, answering: string): boolean {
  const there = facts(answering);
  for (const [kind, value] of facts(pinned)) {
    const other = there.get(kind);
    if (other !== undefined) {
      return other === value;
    }
  }
  return false;
}

/** True when `answering` tells more of a target than is pinned. */
export function tellsMore(pinned: string, answering: string): boolean {
  const known = facts(pinned);
  return [...facts(answering).keys()].some((kind) => !known.has(kind));
}

function facts(identity: string): Map<string, string> {
  return new Map(
    identity.split(' ').map((fact): [string, string] => {
      const colon = fact.indexOf(':');
      return colon === -1 ? ['', fact] : [fact.slice(0, colon), fact.slice(colon + 1)];
    }),
  );
}
