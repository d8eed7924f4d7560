import { GraphQLError, parseValue } from 'graphql';
import { describe, expect, test } from 'vitest';
import { DayScalar, InstantScalar, MoneyScalar, RowDay, RowIdNumber, RowMoney } from '../../src/subgraphs/scalars.ts';

const HOSTILE = [0, 1, -1, 20260131, true, false, '', '张三', '110101199003070011', '2026-02-30', '2026-1-31', [], {}];

const refusalOf = (attempt: () => unknown): GraphQLError => {
  try {
    attempt();
  } catch (error) {
    return error as GraphQLError;
  }
  throw new Error('nothing was refused');
};

describe('a refused value is never repeated', () => {
  for (const scalar of [DayScalar, InstantScalar, MoneyScalar]) {
    test.each(HOSTILE)(`${scalar.name}: %j`, (value) => {
      const error = refusalOf(() => scalar.parseValue(value));
      expect(error).toBeInstanceOf(GraphQLError);
      expect(error.extensions['code']).toBe('BAD_USER_INPUT');
      expect(error.message).toMatch(/^值的格式不正确 \/ not a valid (Date|DateTime|Money)( \(.*\))?$/);
    });
  }
});

describe('Date', () => {
  test.each(['2024-02-29', '0001-01-01', '9999-12-31'])('takes %s as it is written', (day) => {
    expect(DayScalar.parseValue(day)).toBe(day);
    expect(DayScalar.parseLiteral(parseValue(`"${day}"`))).toBe(day);
    expect(DayScalar.serialize(day)).toBe(day);
  });
});

describe('DateTime', () => {
  const cases: readonly (readonly [text: string, utc: string])[] = [
    ['2025-11-03T09:30:00+08:00', '2025-11-03T01:30:00.000Z'],
    ['2025-11-03T01:30:00Z', '2025-11-03T01:30:00.000Z'],
    ['2025-11-03T01:30:00.123Z', '2025-11-03T01:30:00.123Z'],
  ];
  test.each(cases)('%s is answered as %s', (text, utc) => {
    expect(InstantScalar.serialize(InstantScalar.parseValue(text))).toBe(utc);
  });

  test.each([
    '2025-11-03',
    '2025-11-03T09:30:00',
    '2025-02-30T00:00:00Z',
    '2025-11-03T25:00:00Z',
    '1762133400000',
    '0001-01-01T00:00:00+08:00',
    '9999-12-31T23:59:59-01:00',
  ])('%s is no instant', (text) => {
    expect(() => InstantScalar.parseValue(text)).toThrow('not a valid DateTime');
  });
});

test('Money is answered in yuan with two places', () => {
  expect([0, 5, 38000, -34200].map((fen) => MoneyScalar.serialize(fen))).toEqual(['0.00', '0.05', '380.00', '-342.00']);
});

describe('a cell reaches the row check as it was sent', () => {
  for (const scalar of [RowDay, RowMoney, RowIdNumber]) {
    test.each([0, 1.5, true, '', 'x', null])(`${scalar.name}: %j`, (cell) => {
      expect(scalar.parseValue(cell)).toBe(cell);
      expect(scalar.parseLiteral(parseValue(JSON.stringify(cell)))).toBe(cell);
    });

    test.each([['x'], { a: '110101199003070011' }])(`${scalar.name} is one cell, not %j`, (cell) => {
      const error = refusalOf(() => scalar.parseValue(cell));
      expect(error.message).toBe('值的格式不正确 / not a valid cell of a row');
    });
  }

  test('a number stays a number, so that an id number without quotes can be told', () => {
    expect(RowIdNumber.parseLiteral(parseValue('110101199003070011'))).toBeTypeOf('number');
  });
});
