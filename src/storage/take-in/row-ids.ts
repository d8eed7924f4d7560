import type { Ids } from '../../flows/ports.ts';

/** The digits that the ids of one statement begin with: an instant and some chance. Goes with {@link idOf}. */
export const idPrefix = (ids: Ids): string => `${ids.next().slice(0, 18)}-8`;

/**
 * SQL for a UUIDv7 (RFC 9562 §5.7, its random part led by numbers, §6.2 method 2). Ids sort by the row, which is below 2^32, and
 * by the place among those of the row, below 2^28.
 */
export const idOf = (prefix: string, row: string, place: string): string =>
  `(${prefix}::text || overlay(lpad(to_hex(${row}), 8, '0') placing '-' from 4 for 0) || lpad(to_hex(${place}), 7, '0'))::uuid`;
