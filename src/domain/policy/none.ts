/** The empty list that everything without anything shares: most persons hold most of what a pack asks for not at all. */
export const NONE: readonly never[] = [];

/** Two lists one after the other; where one is empty, the other itself. */
export function joined<T>(first: readonly T[], second: readonly T[]): readonly T[] {
  if (second.length === 0) return first;
  return first.length === 0 ? second : [...first, ...second];
}

/**
 * A list with one more at its end. Short lists are made anew: a list that is pushed to keeps room for sixteen more, which is most
 * of the memory of a decision.
 */
export function withLast<T>(list: readonly T[], item: T): readonly T[] {
  switch (list.length) {
    case 0:
      return [item];
    case 1:
      return [list[0]!, item];
    case 2:
      return [list[0]!, list[1]!, item];
    case 3:
      return [list[0]!, list[1]!, list[2]!, item];
    default:
      return [...list, item];
  }
}

/** A list in order. A person's lists are short and mostly in order already: such a list is given back as it is. */
export function inOrder<T>(list: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  for (let index = 1; index < list.length; index += 1) {
    if (compare(list[index - 1]!, list[index]!) <= 0) continue;
    return list.length === 2 ? [list[1]!, list[0]!] : list.toSorted(compare);
  }
  return list;
}

/** What is worked out of a thing that never changes, worked out once a thing. */
export function oncePer<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  // Asked of one thing a million times on end.
  let last: { readonly key: K; readonly value: V } | undefined;
  return (key) => {
    if (last?.key === key) return last.value;
    let value = made.get(key);
    if (value === undefined) made.set(key, (value = make(key)));
    last = { key, value };
    return value;
  };
}
