/**
 * SQL for a UUIDv7 (RFC 9562 §5.7) that sorts by a place among those of one statement: milliseconds of the machine's clock, the
 * place in the twelve bits and the twenty that follow, forty bits of chance. PostgreSQL makes them itself from 18 on only.
 */
export function idInOrder(place: string): string {
  return `(lpad(to_hex((extract(epoch from statement_timestamp()) * 1000)::bigint), 12, '0')
    || '7' || lpad(to_hex(${place} >> 20), 3, '0') || '8' || lpad(to_hex(${place} & 1048575), 5, '0')
    || left(replace(gen_random_uuid()::text, '-', ''), 10))::uuid`;
}
