import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { CompactToken } from './compact-token.ts';

/** A key that checks signatures. */
export type VerifyingKey = Awaited<ReturnType<ReturnType<typeof createLocalJWKSet>>>;

/** The public keys of the issuer of access tokens. */
export interface IssuerKeys {
  /** The one key that a token's header names; rejects where there is none, or no telling which. */
  find(token: CompactToken): Promise<VerifyingKey>;
}

/** Milliseconds between two fetches, however many tokens name keys that nobody knows. */
const FETCH_AT_MOST_EVERY = 30_000;
/** Milliseconds to the next try after the first and after each further failure: an issuer that starts beside the hub is soon found. */
const FIRST_RETRY = 500;
/** Milliseconds after which keys are fetched anew, so that one that the issuer withdrew is forgotten. */
const KEPT_FOR = 300_000;
/** Milliseconds for which keys still count while the issuer cannot be reached. */
const KEPT_AT_MOST = 3_600_000;
const FETCH_TIME = 5_000;
const LARGEST_SET = 64 * 1024;

/** Keys that are at hand. */
export function knownKeys(set: JSONWebKeySet): IssuerKeys {
  const find = createLocalJWKSet(set);
  return { find: ({ header, text }) => find(header, asFlattened(text)) };
}

/**
 * Keys that an issuer publishes. A token that names an unknown one may cause a fetch, at most one every 30 seconds; all who wait for
 * keys share it. A redirect is not followed, and what is not a small key set is none.
 */
export function publishedKeys(url: URL, fetchSet: typeof fetch = fetch, now: () => number = Date.now): IssuerKeys {
  let held: { readonly keys: IssuerKeys; readonly since: number } | undefined;
  let failures = 0;
  let next = -Infinity;
  let underWay: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    try {
      held = { keys: knownKeys(await fetchKeySet(url, fetchSet)), since: now() };
      failures = 0;
      next = now() + FETCH_AT_MOST_EVERY;
    } catch {
      next = now() + Math.min(FETCH_AT_MOST_EVERY, FIRST_RETRY * 2 ** failures++);
    }
  };
  const refresh = async (): Promise<void> => {
    if (!underWay && now() < next) return;
    underWay ??= load().finally(() => (underWay = undefined));
    await underWay;
  };
  const findHeld = async (token: CompactToken): Promise<VerifyingKey> => {
    if (!held || now() - held.since > KEPT_AT_MOST) throw new Error('ISSUER_KEYS_UNKNOWN');
    return held.keys.find(token);
  };
  return {
    find: async (token) => {
      if (!held || now() - held.since > KEPT_FOR) await refresh();
      return findHeld(token).catch(async () => {
        await refresh();
        return findHeld(token);
      });
    },
  };
}

async function fetchKeySet(url: URL, fetchSet: typeof fetch): Promise<JSONWebKeySet> {
  const response = await fetchSet(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(FETCH_TIME),
  });
  const text = response.ok ? await readSmall(response) : undefined;
  if (text === undefined) throw new Error('ISSUER_KEYS_UNREADABLE');
  return JSON.parse(text) as JSONWebKeySet;
}

async function readSmall(response: Response): Promise<string | undefined> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.length > LARGEST_SET) return undefined;
  }
  return text;
}

/** jose asks for the token in its other form; only the header is looked at when a key is chosen. */
const asFlattened = (text: string) => {
  const [header, payload, signature] = text.split('.') as [string, string, string];
  return { protected: header, payload, signature };
};
