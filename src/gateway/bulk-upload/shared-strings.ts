import { UploadRefused } from './upload-refused.ts';

const PAGE_BYTES = 4 * 1024 * 1024;
const OFFSETS_PER_PAGE = 262_144;

/** Bytes of all strings of a workbook: a million rows have a third of it. */
const MOST_BYTES = 96 * 1024 * 1024;

/**
 * The strings that cells of a workbook refer to by number, as UTF-8 in a few pages. As JavaScript strings a million ids
 * would take three times as much.
 */
export class SharedStrings {
  readonly #pages: Buffer[] = [];
  /** Where each string begins: page times page size plus place in it; and how long it is. */
  readonly #starts: Uint32Array[] = [];
  readonly #lengths: Uint32Array[] = [];
  #count = 0;
  #free = PAGE_BYTES;

  add(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (bytes > PAGE_BYTES) throw new UploadRefused('ROW_TOO_LONG');
    if (this.#free + bytes > PAGE_BYTES) this.#addPage();
    const page = this.#pages.length - 1;
    this.#pages[page]!.write(text, this.#free);
    const place = this.#count % OFFSETS_PER_PAGE;
    if (place === 0) {
      this.#starts.push(new Uint32Array(OFFSETS_PER_PAGE));
      this.#lengths.push(new Uint32Array(OFFSETS_PER_PAGE));
    }
    this.#starts.at(-1)![place] = page * PAGE_BYTES + this.#free;
    this.#lengths.at(-1)![place] = bytes;
    this.#free += bytes;
    this.#count += 1;
  }

  /** The string of a number; `undefined` where there is none. */
  get(index: number): string | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.#count) return undefined;
    const [offsets, place] = [Math.floor(index / OFFSETS_PER_PAGE), index % OFFSETS_PER_PAGE];
    const start = this.#starts[offsets]![place]!;
    const from = start % PAGE_BYTES;
    return this.#pages[Math.floor(start / PAGE_BYTES)]!.toString('utf8', from, from + this.#lengths[offsets]![place]!);
  }

  #addPage(): void {
    if ((this.#pages.length + 1) * PAGE_BYTES > MOST_BYTES) throw new UploadRefused('BODY_TOO_LARGE', tooMuchText);
    this.#pages.push(Buffer.allocUnsafeSlow(PAGE_BYTES));
    this.#free = 0;
  }
}

const tooMuchText = {
  zh: 'XLSX 中的文字过多，请改用 CSV 报送',
  en: 'the XLSX holds too much text; send it as CSV',
};
