/** What is found by an address. */
interface Addressed {
  /** `/lists/:list`: a part that begins with a colon stands for any one part of an address. */
  readonly path: string;
}

/** What lies at an address, and what stands in it in place of the `:names`. */
export interface Found<R> {
  readonly route: R;
  readonly params: Readonly<Record<string, string>>;
}

/** Everything that lies at an address, by what it does there. */
export type RouteTable<R> = (address: string) => readonly Found<R>[];

/** Lays routes out once, so that finding one looks at no other. Those without names in their paths go first. */
export function routeTable<R extends Addressed>(routes: readonly R[]): RouteTable<R> {
  const isNamed = ({ path }: R): boolean => path.includes(':');
  const exact = Map.groupBy(
    routes.filter((route) => !isNamed(route)).map((route): Found<R> => ({ route, params: {} })),
    ({ route }) => route.path,
  );
  const named = routes.filter(isNamed).map((route) => ({ route, parts: route.path.split('/') }));
  return (address) => exact.get(address) ?? foundByName(named, address.split('/'));
}

function foundByName<R>(
  named: readonly { readonly route: R; readonly parts: readonly string[] }[],
  given: readonly string[],
): Found<R>[] {
  return named.flatMap(({ route, parts }) => {
    const isIt =
      parts.length === given.length &&
      parts.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]));
    if (!isIt) return [];
    const params = parts.flatMap((part, index) => (part.startsWith(':') ? [[part.slice(1), given[index]!]] : []));
    return [{ route, params: Object.fromEntries(params) as Found<R>['params'] }];
  });
}
