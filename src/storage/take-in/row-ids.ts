import type { Ids } from '../../flows/ports.ts';

/** What the ids of one statement have in common: the instant before a running number, and random digits after it. */
export interface IdParts {
  readonly prefix: string;
  readonly suffix: string;
}

/** Parts for ids that SQL makes: a UUIDv7 (RFC 9562 §5.7, its random part led by a number, §6.2 method 2). */
export function idParts(ids: Ids): IdParts {
  const id = ids.next();
  return { prefix: `${id.slice(0, 18)}-8`, suffix: id.slice(-7) };
}

/** SQL for the id of a running number below 2^32; ids sort as the numbers do. */
export const idOf = (number: string, prefix: string, suffix: string): string => {
  const hex = `lpad(to_hex(${number}), 8, '0')`;
  return `(${prefix}::text || overlay(${hex} placing '-' from 4 for 0) || ${suffix}::text)::uuid`;
};
