import { NIL_ID } from './ids.ts';
import type { PlaceSeal } from './sealing/place-seal.ts';
import type { SealedColumn } from './sealing/sealed-column.ts';
import { openText, sealedTextHead, sealText } from './sealed-text.ts';

/** Where sealed texts lie, or values of JSON that were sealed as texts. */
export interface TextColumn {
  /** As values are bound to it: `correction_request.reason`. */
  readonly name: string;
  readonly table: string;
  readonly column: string;
  readonly type: 'text' | 'json';
  /** The columns that name a row, in the order of its key; values are bound to what they say. */
  readonly key: readonly KeyColumn[];
}

/** A column of a key, with a value that comes before all of its own. */
export interface KeyColumn {
  readonly column: string;
  readonly type: 'uuid' | 'integer';
  readonly before: string;
}

/** The key of tables whose rows are named by an id. */
export const BY_ID: readonly KeyColumn[] = [{ column: 'id', type: 'uuid', before: NIL_ID }];

interface TextRecord {
  readonly row: readonly string[];
  readonly kept: string;
}

/** The column for the command that seals anew. */
export function sealedTextColumn(where: TextColumn): SealedColumn {
  const { name, key } = where;
  const sql = statementsOf(where);
  return {
    name,
    countOld: async (client, jurisdiction, head) => {
      const counted = await client.query<{ old: number }>(sql.count, [jurisdiction, sealedTextHead(head)]);
      return counted.rows[0]!.old;
    },
    resealSome: async (client, seal, { jurisdiction, head, after, limit }) => {
      const from = after?.split('/') ?? key.map(({ before }) => before);
      const values = [jurisdiction, sealedTextHead(head), limit, ...from];
      const found = await client.query<TextRecord>(sql.old, values);
      if (found.rows.length > 0) await client.query(sql.rewrite, anewOf(seal, name, found.rows));
      const last = found.rows.at(-1);
      return {
        resealed: found.rows.length,
        last: last && found.rows.length === limit ? last.row.join('/') : null,
      };
    },
  };
}

/** Keys and values, sealed anew, column by column. */
const anewOf = (seal: PlaceSeal, name: string, rows: readonly TextRecord[]): unknown[] => [
  rows.map(({ row, kept }) => sealText(seal, name, row, openText(seal, name, row, kept))),
  ...rows[0]!.row.map((_, place) => rows.map(({ row }) => row[place])),
];

/** Its SQL. A value of JSON that was kept before is taken as its text, which is what is sealed of one. */
function statementsOf({ table, column, type, key }: TextColumn) {
  const text = type === 'json' ? `t.${column} #>> '{}'` : `t.${column}`;
  const isOld = `t.jurisdiction = $1 and t.${column} is not null and left(${text}, 15) <> $2`;
  const columns = key.map((one) => `t.${one.column}`);
  const after = key.map((one, place) => `$${place + 4}::${one.type}`);
  const given = key.map((one, place) => `$${place + 2}::${one.type}[]`);
  const value = type === 'json' ? 'to_json(v.value)' : 'v.value';
  return {
    count: `select count(*)::integer as old from ${table} t where ${isOld}`,
    old: `
select array[${columns.map((one) => `${one}::text`).join(', ')}] as row, ${text} as kept
from ${table} t
where ${isOld} and (${columns.join(', ')}) > (${after.join(', ')})
order by ${columns.join(', ')}
limit $3
for update skip locked`,
    rewrite: `
update ${table} t set ${column} = ${value}
from unnest($1::text[], ${given.join(', ')}) as v(value, ${key.map((one) => one.column).join(', ')})
where ${key.map((one) => `t.${one.column} = v.${one.column}`).join(' and ')}`,
  };
}
