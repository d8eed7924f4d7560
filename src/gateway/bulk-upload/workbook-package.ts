import { crc32 } from 'node:zlib';
import { fromRandomAccessReaderPromise, type Entry, type ZipFile } from 'yauzl';
import type { DiskFile } from './disk-file.ts';
import { readText } from './read-text.ts';
import { UploadRefused } from './upload-refused.ts';

const MOST_ENTRIES = 10_000;

/** Bytes of one part, unpacked: a sheet of a million rows has about half a gigabyte. */
const LARGEST_PART = 2 * 1024 * 1024 * 1024;
const MOST_RATIO = 200;
const HARMLESS = 8 * 1024 * 1024;

/** Bytes of a local file header without name and extra field. */
const LOCAL_HEADER = 30;

const SYMLINK = 0xa000;

/** The parts of an Office document, a ZIP archive. Nothing is written to disk; parts are unpacked as they are read. */
export class WorkbookPackage {
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#zip = zip;
    this.#entries = entries;
  }

  /**
   * Opens the archive that a file of so many bytes is.
   * @throws UploadRefused for an archive that is damaged, encrypted, too large, or not what it says
   */
  static async open(file: DiskFile, size: number): Promise<WorkbookPackage> {
    try {
      const zip = await fromRandomAccessReaderPromise(file, size, { strictFileNames: true, autoClose: false });
      // The directory itself could fill the memory.
      if (zip.entryCount > MOST_ENTRIES) throw new UploadRefused('BODY_TOO_LARGE');
      const entries = new Map<string, Entry>();
      for await (const entry of zip.eachEntry()) {
        checkEntry(entry);
        const name = entry.fileName.toLowerCase();
        if (entries.has(name)) throw new UploadRefused('FILE_BROKEN');
        entries.set(name, entry);
      }
      checkOverlap([...entries.values()]);
      return new WorkbookPackage(zip, entries);
    } catch (error) {
      throw orBroken(error);
    }
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  /** Is there a part whose name ends so? */
  hasEnding(ending: string): boolean {
    return [...this.#entries.keys()].some((name) => name.endsWith(ending));
  }

  /** The text of a part as it is unpacked, up to `largest` bytes. */
  read(name: string, largest = LARGEST_PART): AsyncGenerator<string> {
    return readText(this.#unpack(name, largest), 'utf-8');
  }

  async *#unpack(name: string, largest: number): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(name.toLowerCase());
    if (!entry) throw new UploadRefused('FILE_BROKEN');
    const { uncompressedSize, compressedSize } = entry;
    // The sizes are declared; that they hold is checked while unpacking.
    if (uncompressedSize > largest || (uncompressedSize > HARMLESS && uncompressedSize > compressedSize * MOST_RATIO)) {
      throw new UploadRefused('BODY_TOO_LARGE');
    }
    let check = 0;
    try {
      const stream = await this.#zip.openReadStreamPromise(entry);
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        check = crc32(chunk, check);
        yield chunk;
      }
    } catch (error) {
      throw orBroken(error);
    }
    if (check !== entry.crc32) throw new UploadRefused('FILE_BROKEN');
  }
}

function checkEntry(entry: Entry): void {
  if (entry.isEncrypted()) throw new UploadRefused('FILE_IS_ENCRYPTED');
  if (((entry.externalFileAttributes >>> 16) & 0xf000) === SYMLINK) throw new UploadRefused('FILE_BROKEN');
}

/** Entries that share bytes are how a small archive becomes a huge one. */
function checkOverlap(entries: readonly Entry[]): void {
  const inOrder = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  let end = 0;
  for (const { relativeOffsetOfLocalHeader, fileNameLength, compressedSize } of inOrder) {
    if (relativeOffsetOfLocalHeader < end) throw new UploadRefused('FILE_BROKEN');
    end = relativeOffsetOfLocalHeader + LOCAL_HEADER + fileNameLength + compressedSize;
  }
}

/** Errors of the archive's reader tell of a bad archive; those of the system are not the sender's. */
function orBroken(error: unknown): unknown {
  if (error instanceof UploadRefused || (error instanceof Error && 'syscall' in error)) return error;
  return new UploadRefused('FILE_BROKEN');
}
