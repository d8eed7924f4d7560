import { AGENCIES, type Agency } from '../domain/intake/words.ts';

/** An agency of a jurisdiction, as a command names it. */
export interface NamedClient {
  readonly jurisdiction: string;
  readonly agency: Agency;
}

const CLIENT = /^([A-Za-z0-9-]+):([a-z-]+)$/;

/** Reads `130628:tax`; `undefined` for whatever else was typed, of which nothing may be put down. */
export function namedClient(text: string): NamedClient | undefined {
  const [, jurisdiction, agency] = CLIENT.exec(text) ?? [];
  return agency !== undefined && Object.hasOwn(AGENCIES, agency)
    ? { jurisdiction: jurisdiction!, agency: agency as Agency }
    : undefined;
}
