import { open, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZipFile } from 'yazl';

/** Bytes as they come over a wire: in pieces of `size`. */
export async function* inPieces(bytes: Uint8Array | string, size = 65_536): AsyncGenerator<Buffer> {
  const whole = Buffer.from(bytes as string);
  for (let from = 0; from < whole.length; from += size) yield whole.subarray(from, from + size);
}

/** Everything that a generator of batches or a stream gives. */
export async function gathered<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

/** Of every part, so that the same parts are the same bytes. */
const MTIME = new Date(2025, 0, 1);

/** A ZIP archive of the parts. */
export async function zipOf(parts: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(parts))
    // A stream of the compressor's for nothing is what costs of an archive of ten thousand empty parts.
    zip.addBuffer(Buffer.from(content as string), name, { mtime: MTIME, compress: content.length > 0 });
  zip.end();
  return Buffer.concat(await gathered(zip.outputStream as AsyncIterable<Buffer>));
}

/** Lays bytes in a file for as long as `use` takes. */
export async function onDisk<T>(bytes: Uint8Array, use: (fd: number) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'yidang-file-'));
  try {
    const path = join(folder, 'file');
    await writeFile(path, bytes);
    const file = await open(path);
    try {
      return await use(file.fd);
    } finally {
      await file.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** The parts of a workbook as Excel lays them out, with one sheet of `rows` (the XML within `sheetData`). */
export function workbookParts(
  rows: string,
  { strings = '', styles = '', workbook = '' }: { strings?: string; styles?: string; workbook?: string } = {},
): Record<string, string> {
  return {
    '[Content_Types].xml': '<Types><Default Extension="xml" ContentType="application/xml"/></Types>',
    '_rels/.rels': `<Relationships><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<x:workbook xmlns:r="${OFFICE}">${workbook}<x:sheets><x:sheet name="不用" sheetId="9" state="hidden" r:id="rId9"/><x:sheet name="名单" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>`,
    'xl/_rels/workbook.xml.rels':
      `<Relationships><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="/xl/worksheets/sheet1.xml"/>` +
      `<Relationship Id="rId9" Type="${OFFICE}/worksheet" Target="worksheets/sheet9.xml"/>` +
      `<Relationship Id="rId2" Type="${OFFICE}/sharedStrings" Target="sharedStrings.xml"/>` +
      `<Relationship Id="rId3" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    'xl/sharedStrings.xml': `<sst>${strings}</sst>`,
    'xl/styles.xml': `<styleSheet>${styles}</styleSheet>`,
    'xl/worksheets/sheet1.xml': `<?xml version="1.0" encoding="UTF-8"?>\r\n<worksheet><sheetData>${rows}</sheetData></worksheet>`,
  };
}
