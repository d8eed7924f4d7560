import type { PlainCell, SheetCells } from './sheet-cells.ts';
import { XmlReader } from './xml-reader.ts';

const ROW_END = '</row>';
const DATA_BEGIN = '<sheetData>';

/** As many characters as it takes to tell an instruction from the XML declaration. */
const LONGEST_MARK = '<?xml '.length;

/** A row's first tag as spreadsheet programs write it: its number first, then what does not matter here. */
const PLAIN_ROW = /<row(?: r="(\d+)")?((?: [\w:.]+="[^"<&\p{Cc}]*")*)>/uy;

/** A cell as spreadsheet programs write it, without entities, comments or anything else that asks for a parser of XML. */
const PLAIN_CELL =
  /<c r="([A-Z]{1,3}\d+)"(?: s="(\d+)")?(?: t="(\w+)")?(?:\/>|>(?:<v>([^<&\]\p{Cc}\uFFFE\uFFFF]*)<\/v>|<is><t(?: xml:space="preserve")?>([^<&\]\p{Cc}\uFFFE\uFFFF]*)<\/t><\/is>)?<\/c>)/uy;

/** Text that may wait for the end of its row; a longer row is the parser's to refuse. */
const LONGEST_WAIT = 1024 * 1024;

/** Comments, CDATA and instructions can hold what looks like a row; behind one, nothing is taken for plain any more. */
const NOT_PLAIN = /<(?:!|\?(?!xml ))/;

/**
 * Reads the XML of a sheet as it arrives. Rows written plainly, which are nearly all, are matched whole, four times as
 * fast as parsed; whatever is not so plain goes to the parser, and says the same there.
 */
export class SheetReader {
  readonly #cells: SheetCells;
  readonly #xml: XmlReader;
  #rest = '';
  #lastParsed = '';
  #isPlain = true;

  constructor(cells: SheetCells) {
    this.#cells = cells;
    this.#xml = new XmlReader(cells);
  }

  write(piece: string): void {
    const text = this.#rest + piece;
    let at = 0;
    for (;;) {
      const next = this.#isPlain && this.#cells.isBetweenRows ? this.#takeRow(text, at) : this.#parse(text, at);
      if (next === at) break;
      at = next;
    }
    this.#rest = text.slice(at);
  }

  end(): void {
    this.#xml.write(this.#rest);
    this.#xml.end();
  }

  /** Takes the row that begins at `at` and tells where it ends; stays where it is if the row is not all there. */
  #takeRow(text: string, at: number): number {
    const end = text.indexOf(ROW_END, at);
    if (end < 0 && text.length - at < LONGEST_WAIT) return at;
    if (end < 0) return this.#hand(text, at, text.length);
    const next = end + ROW_END.length;
    return this.#takePlainRow(text, at, end) ? next : this.#hand(text, at, next);
  }

  #takePlainRow(text: string, at: number, end: number): boolean {
    PLAIN_ROW.lastIndex = at;
    const row = PLAIN_ROW.exec(text);
    if (!row || row[2]!.includes(' r=')) return false;
    const cells: PlainCell[] = [];
    for (let from = PLAIN_ROW.lastIndex; from < end; from = PLAIN_CELL.lastIndex) {
      PLAIN_CELL.lastIndex = from;
      const cell = PLAIN_CELL.exec(text);
      if (!cell) return false;
      cells.push({ reference: cell[1]!, style: cell[2], kind: cell[3], text: cell[4] ?? cell[5] ?? '' });
    }
    this.#cells.addRow(row[1], cells);
    return true;
  }

  /** Parses up to where a row may begin. What could be the first half of such a place waits for the other half. */
  #parse(text: string, at: number): number {
    const places = [DATA_BEGIN, ROW_END].map((mark) => ({ from: text.indexOf(mark, at), mark }));
    const found = places.filter(({ from }) => from >= 0).toSorted((a, b) => a.from - b.from)[0];
    if (found) return this.#hand(text, at, found.from + found.mark.length);
    return this.#hand(text, at, Math.max(at, text.length - DATA_BEGIN.length));
  }

  #hand(text: string, at: number, end: number): number {
    if (end === at) return end;
    const parsed = text.slice(at, end);
    if (NOT_PLAIN.test(this.#lastParsed + parsed)) this.#isPlain = false;
    this.#lastParsed = parsed.slice(-LONGEST_MARK);
    this.#xml.write(parsed);
    return end;
  }
}
