import type { IncomingMessage } from 'node:http';
import type { JSONWebKeySet, JWK } from 'jose';
import { errors, type Adapter, type AdapterPayload, type Configuration } from 'oidc-provider';
import { LONGEST_ASSERTION_LIFE } from './issuer-assertion.ts';
import { publicHalf } from './issuer-key-pair.ts';
import { ISSUER_PATHS } from './issuer-paths.ts';
import { AUDIENCE, LONGEST_TOKEN_LIFE, OPERATOR } from './token-claims.ts';
import { CLOCK_SKEW } from './token-life.ts';

/** The one thing tokens are for, as a resource indicator (RFC 8707). */
const RESOURCE = 'urn:yidang:hub';

/** What the issuer must know of clients; nothing about them is kept here. */
export interface IssuerPorts {
  /** The scopes that a client may have, by its grant; undefined where there is no such client. */
  scopesOf(client: string): readonly string[] | undefined;
  /** Must the client's tokens be bound to a key of its (RFC 9449)? */
  needsProof(client: string): boolean;
  /** The public keys registered for a client; none where it is suspended. */
  keysOf(client: string): Promise<readonly JWK[]>;
  /** Notes that an assertion was used; false where it had been used before, through whichever process. */
  rememberAssertion(id: string, until: Date): Promise<boolean>;
  /** Hears of a client whose assertion or proof was used before; waited for. */
  onReplayed(client: string): Promise<void>;
}

/** How the provider issues tokens. `keysUsed` tells by which key a request was proven. */
export function providerConfiguration(
  signingKeys: JSONWebKeySet,
  ports: IssuerPorts,
  keysUsed: WeakMap<IncomingMessage, string>,
): Configuration {
  const alg = (signingKeys.keys[0]?.alg ?? 'ES256') as 'ES256';
  return {
    adapter: (name: string) => adapterFor(name, ports),
    jwks: signingKeys as NonNullable<Configuration['jwks']>,
    routes: { token: ISSUER_PATHS.token, jwks: ISSUER_PATHS.keys },
    scopes: [],
    responseTypes: [],
    clientAuthMethods: ['private_key_jwt'],
    clientDefaults: { id_token_signed_response_alg: alg },
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256', 'EdDSA'],
      idTokenSigningAlgValues: ['ES256', 'EdDSA'],
      dPoPSigningAlgValues: ['ES256', 'EdDSA'],
    },
    clockTolerance: CLOCK_SKEW,
    cookies: { keys: [] },
    ttl: { ClientCredentials: LONGEST_TOKEN_LIFE },
    extraTokenClaims: (context, token) => ({
      ...agencyOf(token.clientId ?? ''),
      ...operatorIn((context.oidc.body ?? {}) as Readonly<Record<string, unknown>>),
      // By which every door knows the token again once this key is revoked.
      key: keysUsed.get(context.req),
    }),
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        getResourceServerInfo: (context, resource, client) => {
          if (resource !== RESOURCE) throw new errors.InvalidTarget();
          const granted = ports.scopesOf(client.clientId) ?? [];
          assertGranted(context.oidc.params?.scope, granted);
          return {
            scope: granted.join(' '),
            audience: AUDIENCE,
            accessTokenTTL: LONGEST_TOKEN_LIFE,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg } },
          };
        },
      },
    },
    formats: {
      customizers: {
        jwt: (_context, token, parts) => {
          if ('scope' in token) parts.payload.scope ??= allScopes(token, ports);
        },
      },
    },
  } as Configuration;
}

interface ScopedToken {
  readonly scope?: string;
  readonly clientId?: string;
}

/** What a token carries: what was asked for, or everything granted where nothing was. */
export function allScopes(token: ScopedToken, ports: IssuerPorts): string {
  return token.scope ?? (ports.scopesOf(token.clientId ?? '') ?? []).join(' ');
}

/** A client that asks for more than its grant is told so, rather than given a token that then fails. */
function assertGranted(asked: unknown, granted: readonly string[]): void {
  if (typeof asked !== 'string') return;
  if (!asked.split(' ').every((scope) => granted.includes(scope))) {
    throw new errors.InvalidScope('requested scope is not granted to this client', asked);
  }
}

function agencyOf(client: string): { jurisdiction: string; agency: string } {
  const colon = client.indexOf(':');
  return { jurisdiction: client.slice(0, colon), agency: client.slice(colon + 1) };
}

/**
 * Whom the client acts for, as it says in the token request (parameter `operator`): the agency vouches for its own staff, and
 * its key signs for what its systems ask. Written twice or otherwise it is refused rather than left out, for a push would
 * then name nobody.
 */
function operatorIn({ operator }: Readonly<Record<string, unknown>>): { operator?: string } {
  if (operator === undefined) return {};
  if (typeof operator === 'string' && OPERATOR.test(operator)) return { operator };
  throw new errors.InvalidRequest('operator must be 1 to 64 letters, digits or any of ._@-');
}

/** Clients are looked up on every use and assertions are noted in the database; the provider asks for nothing else to be kept. */
function adapterFor(name: string, ports: IssuerPorts): Adapter {
  return {
    find: async (id) => (name === 'Client' ? findClient(id, ports) : undefined),
    upsert: async (id, { iss }, expiresIn?: number) => {
      if (name !== 'ReplayDetection') return;
      const until = new Date(Date.now() + (expiresIn ?? LONGEST_ASSERTION_LIFE) * 1000);
      const fresh = await ports.rememberAssertion(id, until);
      if (fresh) return;
      await ports.onReplayed(String(iss));
      throw new errors.InvalidClientAuth('client assertion tokens must only be used once');
    },
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: async () => undefined,
    destroy: async () => undefined,
    revokeByGrantId: async () => undefined,
  };
}

async function findClient(id: string, ports: IssuerPorts): Promise<AdapterPayload | undefined> {
  if (ports.scopesOf(id) === undefined) return undefined;
  const keys = await ports.keysOf(id);
  if (keys.length === 0) return undefined;
  return {
    client_id: id,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'private_key_jwt',
    dpop_bound_access_tokens: ports.needsProof(id),
    jwks: { keys: keys.map(publicHalf) as never[] },
  };
}
