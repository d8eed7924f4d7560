/** What can be wrong with a sealed value, or with the sealing of one. Stable: logs and operators go by it. */
export type SealingFaultCode =
  /** It does not open here: changed, cut, or brought from another row, column or jurisdiction. */
  | 'SEALED_VALUE_UNSOUND'
  /** It lies under a key that this process does not hold. */
  | 'SEALING_KEY_UNKNOWN'
  /** The database was opened without keys, so that nothing sealed can be read or kept. */
  | 'SEALING_UNAVAILABLE';

/** Thrown where a value cannot be sealed or opened: a fault, never an answer of its own. Tells the column, and nothing of any value. */
export class SealingFault extends Error {
  readonly code: SealingFaultCode;

  constructor(code: SealingFaultCode, column: string) {
    super(`${code} (${column})`);
    this.name = 'SealingFault';
    this.code = code;
  }
}

/** The same of keys that some people have of their own. */
export class PersonKeysFault extends SealingFault {
  /** Ids of all those asked for whose keys do not open. */
  readonly persons: ReadonlySet<string>;

  constructor(code: SealingFaultCode, column: string, persons: ReadonlySet<string>) {
    super(code, column);
    this.persons = persons;
  }
}
