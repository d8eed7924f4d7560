/** Persons whom one row names together, so that they must be one. */
export interface SamePerson<Reason extends string> {
  readonly persons: readonly string[];
  readonly because: Reason;
}

/** The person into whom another is joined, and why. */
export interface JoinedInto<Reason extends string> {
  readonly person: string;
  readonly because: Reason;
}

/**
 * Decides who stays where rows name persons together, also by way of each other (a with b, b with c: all three are one).
 * The person linked earliest stays, since most is known under their id; the smaller id where two are equally old.
 * Gives every other person of a group with the one they are joined into. The order of the rows makes no difference.
 */
export function joinPersons<Reason extends string>(
  same: readonly SamePerson<Reason>[],
  linkedSince: (person: string) => number,
): Map<string, JoinedInto<Reason>> {
  const goesFirst = (a: string, b: string): boolean =>
    linkedSince(a) === linkedSince(b) ? a < b : linkedSince(a) < linkedSince(b);
  const into = new Map<string, string>();
  const staying = (person: string): string => {
    let root = person;
    for (let next = into.get(root); next !== undefined; next = into.get(root)) root = next;
    return root;
  };

  for (const { persons } of same) {
    for (const person of persons) {
      const [a, b] = [staying(persons[0]!), staying(person)];
      if (a !== b) into.set(...(goesFirst(a, b) ? ([b, a] as const) : ([a, b] as const)));
    }
  }
  const because = reasons(same, staying);
  return new Map(
    [...into.keys()].map((person) => {
      const stays = staying(person);
      return [person, { person: stays, because: because.get(stays)! }];
    }),
  );
}

/** One reason a group: the first by name, where rows give several, so that their order makes no difference. */
function reasons<Reason extends string>(
  same: readonly SamePerson<Reason>[],
  staying: (person: string) => string,
): Map<string, Reason> {
  const found = new Map<string, Reason>();
  for (const { persons, because } of same) {
    if (new Set(persons).size < 2) continue;
    const group = staying(persons[0]!);
    const known = found.get(group);
    if (known === undefined || because < known) found.set(group, because);
  }
  return found;
}
