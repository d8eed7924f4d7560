import { SaxesParser } from 'saxes';
import { UploadRefused } from './upload-refused.ts';

/** What happens while XML is read. Names come without their prefix. */
export interface XmlEvents {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** Nothing in a workbook is nested deeper. */
const DEEPEST = 64;

/** Characters between two tags, or in one. A cell holds 32,767. */
const LONGEST_STRETCH = 1024 * 1024;

/** Reads XML as it arrives. Refuses document types, so that there are no entities to follow, and what is not well formed. */
export class XmlReader {
  readonly #parser = new SaxesParser({ xmlns: false, position: false, fragment: false });
  #depth = 0;
  #stretch = 0;

  constructor(events: XmlEvents) {
    this.#parser.on('error', refuse);
    this.#parser.on('doctype', refuse);
    this.#parser.on('opentag', ({ name, attributes }) => {
      this.#stretch = 0;
      if (++this.#depth > DEEPEST) refuse();
      events.open(local(name), attributes as Record<string, string>);
    });
    this.#parser.on('closetag', ({ name }) => {
      this.#stretch = 0;
      this.#depth -= 1;
      events.close?.(local(name));
    });
    if (events.text) {
      const text = (part: string): void => events.text?.(part);
      this.#parser.on('text', text);
      this.#parser.on('cdata', text);
    }
  }

  write(text: string): void {
    this.#stretch += text.length;
    this.#parser.write(text);
    if (this.#stretch > LONGEST_STRETCH) refuse();
  }

  end(): void {
    this.#parser.close();
  }
}

function refuse(): never {
  throw new UploadRefused('FILE_BROKEN');
}

/** An attribute or element name without its prefix. */
export function local(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
