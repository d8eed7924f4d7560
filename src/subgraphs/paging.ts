import { GraphQLError } from 'graphql';
import type { Page } from '../flows/ports.ts';
import type { PageInfo } from './page-info.type.ts';

/** The page size asked for; BAD_USER_INPUT outside 1 to `most`. */
export function pageSize(first: number, most: number): number {
  if (first >= 1 && first <= most) return first;
  throw new GraphQLError(`first 须为 1 至 ${most} / first must be 1 to ${most}`, {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

/** A page as a Relay connection; `cursorOf` names an item so that `after` goes on behind it. `Total`: how its total is told. */
export function connectionOf<T, N, Total = number>(
  page: Omit<Page<T>, 'total'> & { readonly total: Total },
  after: string | null,
  cursorOf: (item: T) => string,
  nodeOf: (item: T) => N,
): { edges: { cursor: string; node: N }[]; pageInfo: PageInfo; totalCount: Total } {
  const edges = page.items.map((item) => ({ cursor: cursorOf(item), node: nodeOf(item) }));
  const pageInfo = {
    hasNextPage: page.next !== null,
    hasPreviousPage: after !== null,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
  return { edges, pageInfo, totalCount: page.total };
}
