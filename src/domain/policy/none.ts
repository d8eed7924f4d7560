/** The empty list that everything without anything shares: most persons hold most of what a pack asks for not at all. */
export const NONE: readonly never[] = [];

/** Two lists one after the other; where one is empty, the other itself. */
export function joined<T>(first: readonly T[], second: readonly T[]): readonly T[] {
  if (second.length === 0) return first;
  return first.length === 0 ? second : [...first, ...second];
}

/** What is worked out of a thing that never changes, worked out once a thing. */
export function oncePer<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
