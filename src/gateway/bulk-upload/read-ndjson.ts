import type { Column, RawRow } from '../../domain/intake/list-definition.ts';
import { unreadableRow } from '../../domain/intake/unreadable-row.ts';
import { membersIn } from '../strict-json.ts';
import { readText } from './read-text.ts';
import { LONGEST_ROW, RowGatherer, type ReadOptions, type RowBatch } from './row-batch.ts';
import { UploadRefused } from './upload-refused.ts';

/** Cells hold values, not structures; what is nested deeper than this no reader of a row should have to follow. */
const DEEPEST_CELL = 8;

/** What ends the name of a member; in text it can stand as well. */
const MEMBER = /"\s*:/g;

/** Text of JSON; what is left without it is structure. */
const TEXT = /"[^"\\]*(?:\\[^][^"\\]*)*"/g;

/**
 * Reads NDJSON as it arrives: one row a line, UTF-8, members named as the columns of the list in English or Chinese.
 * A line that is no JSON object, or that names a member twice, becomes a row that is rejected.
 * @throws UploadRefused
 */
export async function* readNdjson(chunks: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<RowBatch> {
  const gatherer = new RowGatherer(options);
  const named = byChineseName(options.columns);
  for await (const line of lines(readText(chunks, 'utf-8'))) {
    gatherer.add(readRow(line, named), line.length);
    yield* gatherer.full();
  }
  yield* gatherer.end();
}

async function* lines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  let first = true;
  for await (const piece of pieces) {
    let text = rest + piece;
    if (first && text.length > 0) {
      first = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      // A file can be made of nothing but line ends; a step of the generator for each would take minutes.
      if (end > from) yield* rowLine(text.slice(from, end));
      from = end + 1;
    }
    rest = text.slice(from);
    if (rest.length > LONGEST_ROW) throw new UploadRefused('ROW_TOO_LONG');
  }
  yield* rowLine(rest);
}

function* rowLine(line: string): Generator<string> {
  if (line.length > LONGEST_ROW) throw new UploadRefused('ROW_TOO_LONG');
  if (line.trim() !== '') yield line;
}

function readRow(line: string, named: (row: Record<string, unknown>) => RawRow): RawRow {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return unreadableRow(line);
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row) || isDeeper(row, DEEPEST_CELL)) {
    return unreadableRow(line);
  }
  return saysTwice(line, row) ? unreadableRow(line) : named(row as Record<string, unknown>);
}

/** Is a member there twice? Of two names and one person nobody can say which is meant. Only what may be so is counted through. */
function saysTwice(line: string, row: object): boolean {
  if (line.match(MEMBER)?.length === Object.keys(row).length) return false;
  return line.replace(TEXT, '').split(':').length - 1 !== membersIn(row);
}

function isDeeper(value: object, levels: number): boolean {
  if (levels === 0) return true;
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null && isDeeper(member as object, levels - 1)) return true;
  }
  return false;
}

/** Gives members with Chinese names the names of their columns. A name whose column is there already stays, as unknown. */
function byChineseName(columns: readonly Column[]): (row: Record<string, unknown>) => RawRow {
  const names = new Map(columns.map(({ zh, name }) => [zh, name]));
  return (row) => {
    const members = Object.entries(row);
    if (!members.some(([member]) => names.has(member))) return row;
    const taken = new Set(Object.keys(row));
    return Object.fromEntries(
      members.map(([member, cell]) => {
        const name = names.get(member);
        if (name === undefined || taken.has(name)) return [member, cell];
        return [name, cell];
      }),
    );
  };
}
