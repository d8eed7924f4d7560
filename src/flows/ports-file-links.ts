import type { Caller, Purpose } from '../domain/access/caller.ts';

/** Files that the hub gives out: the bad rows of a submission, and the persons whom a comparison's packs do not decide alike. */
export type FileKind = 'rejected.csv' | 'rejected.xlsx' | 'persons.csv';

/** One file that is asked for. */
export interface FileWish {
  readonly kind: FileKind;
  /** Of the submission or the comparison. */
  readonly id: string;
  /** For which people are read; `null` where nobody says, or the file takes none. */
  readonly purpose: Purpose | null;
}

/** A link to one file, for whoever cannot send a token. */
export interface FileLink {
  readonly wish: FileWish;
  /** In whose name the file is given out: as who asked for the link, but for the request. */
  readonly asker: Caller;
  readonly askedAt: Date;
  /** Not from this instant on. */
  readonly until: Date;
}

/** Where links are kept until they are used. */
export interface FileLinks {
  /** @returns the secret that opens the link; of it only a hash is kept */
  add(link: FileLink): Promise<string>;
  /**
   * Uses a link up. `isOpen` is true once, before its time is over: of two who come at once only one is told so, whichever process they
   * reach. `undefined` where there is none, or it was long ago.
   */
  use(jurisdiction: string, secret: string, now: Date): Promise<(FileLink & { readonly isOpen: boolean }) | undefined>;
}
