/** An amount of money in fen (1/100 yuan), always a whole number, so that no sum ever passes through a fraction. */
export type Fen = number;

const DECIMAL_YUAN = /^(0|[1-9]\d{0,11})(?:\.(\d{1,2}))?$/;

/** Reads yuan written as decimal text (`380`, `380.5`, `380.00`); `undefined` for anything else (signs, exponents, commas, spaces). */
export function parseYuan(text: unknown): Fen | undefined {
  if (typeof text !== 'string') return undefined;
  const match = DECIMAL_YUAN.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** Writes fen as decimal yuan with two places: `38000` is `380.00`. */
export function formatYuan(amount: Fen): string {
  const sign = amount < 0 ? '-' : '';
  const absolute = Math.abs(amount);
  return `${sign}${Math.floor(absolute / 100)}.${String(absolute % 100).padStart(2, '0')}`;
}
