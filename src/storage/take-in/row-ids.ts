import type { Ids } from '../../flows/ports.ts';

/** The digits that the ids of one statement begin with: an instant and some chance. Goes with {@link idOf}. */
export const idPrefix = (ids: Ids): string => ids.next().slice(0, 18).replaceAll('-', '');

/** The first digit of what follows the prefix is an 8, the variant of RFC 9562. */
const VARIANT = '(-9223372036854775808)';

/**
 * SQL for a UUIDv7 (RFC 9562 §5.7, its random part led by numbers, §6.2 method 2). Ids sort by the row, which is below 2^32, and
 * by the place among those of the row, below 2^28. The numbers are written as one, since a push makes an id a row.
 */
export const idOf = (prefix: string, row: string, place: string): string =>
  `(${prefix}::text || to_hex(${VARIANT} + (${row})::bigint * 268435456 + (${place})::bigint))::uuid`;
