import { SharedStrings } from './shared-strings.ts';
import { showsDay, type DayCount } from './sheet-days.ts';
import { UploadRefused } from './upload-refused.ts';
import type { WorkbookPackage } from './workbook-package.ts';
import { local, XmlReader, type XmlEvents } from './xml-reader.ts';

/** What the cells of a workbook's first sheet need to be read. */
export interface Workbook {
  /** Name of the sheet's part. */
  readonly sheet: string;
  readonly dayCount: DayCount;
  readonly strings: SharedStrings;
  /** Whether a cell of a style shows a day, by the style's number. */
  readonly dayStyles: readonly boolean[];
}

/** Bytes of a part that describes the workbook. */
const LARGEST_DESCRIPTION = 16 * 1024 * 1024;

/**
 * Reads what stands around the cells: the first sheet that is not hidden, shared strings, styles.
 * @throws UploadRefused also for workbooks with macros
 */
export async function readWorkbook(parts: WorkbookPackage): Promise<Workbook> {
  await refuseMacros(parts);
  const main = (await relations(parts, '')).find(({ type }) => type === 'officeDocument')?.target;
  if (main === undefined) throw new UploadRefused('FILE_BROKEN');
  if (!main.endsWith('.xml')) throw new UploadRefused('UNSUPPORTED_MEDIA_TYPE');

  const related = await relations(parts, main);
  const { sheets, dayCount } = await readMain(parts, main);
  const sheet = sheets.map((id) => related.find((one) => one.id === id && one.type === 'worksheet')).find(Boolean);
  if (!sheet) throw new UploadRefused('FILE_BROKEN');
  const target = (type: string): string | undefined => related.find((one) => one.type === type)?.target;
  return {
    sheet: sheet.target,
    dayCount,
    strings: await readStrings(parts, target('sharedStrings')),
    dayStyles: await readDayStyles(parts, target('styles')),
  };
}

async function refuseMacros(parts: WorkbookPackage): Promise<void> {
  if (parts.hasEnding('vbaproject.bin')) throw new UploadRefused('UNSUPPORTED_MEDIA_TYPE');
  await readPart(parts, '[Content_Types].xml', {
    open: (_name, attributes) => {
      if (/macro|vba/i.test(attributes['ContentType'] ?? '')) throw new UploadRefused('UNSUPPORTED_MEDIA_TYPE');
    },
  });
}

interface Relation {
  readonly id: string;
  /** Last word of the relation's type. */
  readonly type: string;
  readonly target: string;
}

/** What a part (the whole document for `''`) refers to within the archive. */
async function relations(parts: WorkbookPackage, part: string): Promise<readonly Relation[]> {
  const folder = part.slice(0, part.lastIndexOf('/') + 1);
  const found: Relation[] = [];
  await readPart(parts, `${folder}_rels/${part.slice(folder.length)}.rels`, {
    open: (name, { Id = '', Type = '', Target = '', TargetMode }) => {
      if (name !== 'Relationship' || TargetMode === 'External') return;
      found.push({
        id: Id,
        type: Type.slice(Type.lastIndexOf('/') + 1),
        target: Target.startsWith('/') ? Target.slice(1) : folder + Target,
      });
    },
  });
  return found;
}

async function readMain(
  parts: WorkbookPackage,
  main: string,
): Promise<{ readonly sheets: readonly string[]; readonly dayCount: DayCount }> {
  const sheets: string[] = [];
  let dayCount: DayCount = '1900';
  await readPart(parts, main, {
    open: (name, attributes) => {
      if (name === 'workbookPr' && ['1', 'true'].includes(attributes['date1904'] ?? '')) dayCount = '1904';
      if (name !== 'sheet' || /hidden/i.test(attributes['state'] ?? '')) return;
      const id = Object.keys(attributes).find((attribute) => attribute !== 'id' && local(attribute) === 'id');
      if (id !== undefined) sheets.push(attributes[id] ?? '');
    },
  });
  return { sheets, dayCount };
}

async function readStrings(parts: WorkbookPackage, part: string | undefined): Promise<SharedStrings> {
  const strings = new SharedStrings();
  if (part === undefined) return strings;
  let text = '';
  let isRead = false;
  let isPhonetic = false;
  const reader = new XmlReader({
    open: (name) => {
      if (name === 'si') text = '';
      if (name === 'rPh') isPhonetic = true;
      isRead = name === 't' && !isPhonetic;
    },
    close: (name) => {
      isRead = false;
      if (name === 'rPh') isPhonetic = false;
      if (name === 'si') strings.add(text);
    },
    text: (piece) => {
      if (isRead) text += piece;
    },
  });
  for await (const piece of parts.read(part)) reader.write(piece);
  reader.end();
  return strings;
}

async function readDayStyles(parts: WorkbookPackage, part: string | undefined): Promise<readonly boolean[]> {
  if (part === undefined) return [];
  const codes = new Map<number, string>();
  const formats: number[] = [];
  let isInCells = false;
  await readPart(parts, part, {
    open: (name, attributes) => {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
      if (name === 'cellXfs') isInCells = true;
      if (name === 'xf' && isInCells) formats.push(Number(attributes['numFmtId'] ?? 0));
    },
    close: (name) => {
      if (name === 'cellXfs') isInCells = false;
    },
  });
  return formats.map((id) => showsDay(id, codes.get(id)));
}

async function readPart(parts: WorkbookPackage, name: string, events: XmlEvents): Promise<void> {
  const reader = new XmlReader(events);
  for await (const piece of parts.read(name, LARGEST_DESCRIPTION)) reader.write(piece);
  reader.end();
}
