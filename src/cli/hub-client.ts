import { obtainToken, type JWK } from '../gateway/issuer.ts';
import { revealReasonHeader } from '../gateway/reveal-reason.ts';

/** A hub as its clients know it, and the keys of those clients. */
export interface HubAddress {
  readonly url: string;
  readonly issuer: string;
  privateKeyOf(client: string): Promise<JWK>;
}

/** What the hub answered to an operation, as it came over HTTP. */
export interface HubAnswer {
  readonly data: Readonly<Record<string, unknown>> | null;
  /** Codes of the errors that came with it, empty where all went well. */
  readonly errors: readonly string[];
}

/** One agency, signed in. */
export interface HubClient {
  ask(operation: string, variables: Readonly<Record<string, unknown>>): Promise<HubAnswer>;
}

/** The hub grants the client no token. */
export class SignInRefused extends Error {}

/**
 * Signs an agency in as it would itself: client credentials, proved by its own key. The token holds for some minutes only,
 * so a client is made for one piece of work. `operator` is the staff member in whose name it acts, where it names one;
 * `revealBecause` why it asks for names and numbers unmasked, where it does. Throws {@link SignInRefused} where the hub grants it none.
 */
export async function signIn(
  hub: HubAddress,
  client: string,
  { operator, revealBecause }: { readonly operator?: string; readonly revealBecause?: string } = {},
): Promise<HubClient> {
  const privateKey = await hub.privateKeyOf(client);
  const { access_token: token } = await obtainToken(client, hub.issuer, privateKey, hub.url, operator).catch(
    (cause: Error) => {
      throw new SignInRefused(cause.message, { cause });
    },
  );
  const headers = { authorization: `Bearer ${token}`, ...revealReasonHeader(revealBecause) };
  return { ask: (operation, variables) => post(hub.url, headers, operation, variables) };
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  operation: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<HubAnswer> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: operation, variables }),
  });
  const body = (await answer.json()) as {
    readonly data?: HubAnswer['data'];
    readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
  };
  return {
    data: body.data ?? null,
    errors: (body.errors ?? []).map(({ message, extensions }) => `${extensions?.code ?? 'ERROR'} (${message})`),
  };
}
