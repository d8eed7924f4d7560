import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { formatYuan, type Fen } from '../domain/intake/fen.ts';
import { parsePlainDate, type PlainDate } from '../domain/time/plain-date.ts';

// The messages here never repeat the value: a day or a number of a person must not travel into logs by way of an error.
const notA = (what: string): GraphQLError =>
  new GraphQLError(`值的格式不正确 / not a valid ${what}`, { extensions: { code: 'BAD_USER_INPUT' } });

const textOf = (node: ValueNode, what: string): string => {
  if (node.kind !== Kind.STRING) throw notA(what);
  return node.value;
};

function readDay(value: unknown): PlainDate {
  const day = parsePlainDate(value);
  if (day === undefined) throw notA('Date (YYYY-MM-DD)');
  return day;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

function readInstant(value: unknown): Date {
  const instant = typeof value === 'string' && INSTANT.test(value) ? new Date(value) : undefined;
  if (!instant || Number.isNaN(instant.getTime())) throw notA('DateTime (RFC 3339)');
  // In UTC too: an offset may lead out of the years that there are, into one that the database does not know.
  const days = [value as string, instant.toISOString()].map((text) => parsePlainDate(text.slice(0, 10)));
  if (days.includes(undefined)) throw notA('DateTime (RFC 3339)');
  return instant;
}

/** A calendar day, `YYYY-MM-DD`; inside the hub a `PlainDate`. */
export const DayScalar = new GraphQLScalarType<PlainDate, string>({
  name: 'Date',
  description: '日期：A calendar day as text, `YYYY-MM-DD` (2026-01-31), without a time zone. 北京时间的日历日。',
  serialize: (value) => readDay(value),
  parseValue: readDay,
  parseLiteral: (node) => readDay(textOf(node, 'Date (YYYY-MM-DD)')),
});

/** An instant, RFC 3339 with an offset; inside the hub a `Date`. */
export const InstantScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description:
    '时刻：An instant as RFC 3339 text with an offset (`2025-11-03T09:30:00+08:00`). The hub answers in UTC, with milliseconds.',
  serialize: (value) => {
    if (!(value instanceof Date)) throw notA('DateTime (RFC 3339)');
    return value.toISOString();
  },
  parseValue: readInstant,
  parseLiteral: (node) => readInstant(textOf(node, 'DateTime (RFC 3339)')),
});

/** An amount of money: fen inside the hub, yuan as decimal text outside. It is only ever answered. */
export const MoneyScalar = new GraphQLScalarType<Fen, string>({
  name: 'Money',
  description:
    '金额（元）：An amount in yuan as decimal text with two places, `342.00`, so that no sum passes through a fraction.',
  serialize: (value) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw notA('Money');
    return formatYuan(value);
  },
  parseValue: () => {
    throw notA('Money');
  },
  parseLiteral: () => {
    throw notA('Money');
  },
});

type Cell = string | number | boolean | null;

function readCell(value: unknown): Cell {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as Cell;
  throw notA('cell of a row');
}

function literalCell(node: ValueNode): Cell {
  switch (node.kind) {
    case Kind.STRING:
    case Kind.ENUM:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.BOOLEAN:
      return node.value;
    case Kind.NULL:
      return null;
    default:
      throw notA('cell of a row');
  }
}

// Whatever the cell holds goes on to the list's own checks: one bad cell costs its row, not the whole push.
const cellScalar = (name: string, description: string): GraphQLScalarType<Cell, Cell> =>
  new GraphQLScalarType<Cell, Cell>({
    name,
    description,
    serialize: (value) => readCell(value),
    parseValue: readCell,
    parseLiteral: literalCell,
  });

/** A day as a cell of a row, not yet checked. */
export const RowDay = cellScalar(
  'RowDay',
  '名单中的日期：A day in a row, text `YYYY-MM-DD`. Any JSON scalar is let through to the row check: a cell that is no day rejects its row (DAY_NOT_ON_CALENDAR), never the whole push.',
);

/** An amount of money as a cell of a row, not yet checked. */
export const RowMoney = cellScalar(
  'RowMoney',
  '名单中的金额（元）：An amount of yuan in a row, decimal text `380.00`. Any JSON scalar is let through to the row check: a cell that is no such text rejects its row (MONEY_NOT_DECIMAL), never the whole push.',
);

/** An id number as a cell of a row, not yet checked. */
export const RowIdNumber = cellScalar(
  'RowIdNumber',
  '名单中的证件号码：An id number in a row, as text. A JSON number is refused for its row (ID_NUMBER_NOT_TEXT), since numbers of 18 digits lose their last ones on the way; any other fault also rejects its row, never the whole push.',
);
