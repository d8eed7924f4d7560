import type { RequestListener } from 'node:http';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  SignJWT,
  importJWK,
  type JSONWebKeySet,
  type JWK,
} from 'jose';
import { errors, Provider, type Adapter, type AdapterPayload, type Configuration } from 'oidc-provider';
import { AUDIENCE, LONGEST_TOKEN_LIFE, OPERATOR } from './authenticate.ts';

export type { JSONWebKeySet, JWK } from 'jose';

/** Where clients ask for tokens and where the issuer tells about itself; paths below its address. */
export const ISSUER_PATHS = {
  token: '/oauth/token',
  keys: '/oauth/jwks',
  metadata: '/.well-known/oauth-authorization-server',
} as const;

/** Seconds that an assertion may live: it is made for one request. */
const LONGEST_ASSERTION_LIFE = 60;
/** The one thing tokens are for, as a resource indicator (RFC 8707). */
const RESOURCE = 'urn:yidang:hub';

/** What the issuer must know of clients; nothing about them is kept here. */
export interface IssuerPorts {
  /** The scopes that a client may have, by its grant; undefined where there is no such client. */
  scopesOf(client: string): readonly string[] | undefined;
  /** The public keys registered for a client. */
  keysOf(client: string): Promise<readonly JWK[]>;
  /** Notes that an assertion was used; false where it had been used before, through whichever process. */
  rememberAssertion(id: string, until: Date): Promise<boolean>;
}

/** The built-in issuer: agencies obtain access tokens by client credentials, proving themselves with their own key. */
export interface BuiltInIssuer {
  readonly handle: RequestListener;
  /** Public halves of the signing keys. */
  readonly publicKeys: JSONWebKeySet;
}

/** Makes a key pair as JWKs (ES256), its id being its RFC 7638 thumbprint. */
export async function makeKeyPair(): Promise<{ readonly privateKey: JWK; readonly publicKey: JWK }> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const common = { alg: 'ES256', use: 'sig' };
  const publicKey: JWK = { ...(await exportJWK(pair.publicKey)), ...common };
  const kid = await calculateJwkThumbprint(publicKey);
  return {
    privateKey: { ...(await exportJWK(pair.privateKey)), ...common, kid },
    publicKey: { ...publicKey, kid },
  };
}

/** Signs the assertion by which a client proves itself to the issuer (RFC 7523). Good for one minute and one use. */
export async function clientAssertion(client: string, issuer: string, privateKey: JWK): Promise<string> {
  // One reading of the clock: two could lie a second apart, and the assertion would live a second too long.
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: privateKey.alg ?? 'ES256', ...(privateKey.kid ? { kid: privateKey.kid } : {}) })
    .setIssuer(client)
    .setSubject(client)
    .setAudience(issuer)
    .setJti(crypto.randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + LONGEST_ASSERTION_LIFE)
    .sign(await importJWK(privateKey, 'ES256'));
}

/** What the token endpoint answers to a client that proved itself. */
export interface TokenAnswer {
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly scope: string;
}

/**
 * Obtains a token as a client would, over HTTP; throws with the issuer's error code. `address` is where the issuer is reached,
 * if not under its own name; `operator` is the staff member in whose name the client acts, where it names one.
 */
export async function obtainToken(
  client: string,
  issuer: string,
  privateKey: JWK,
  address = issuer,
  operator?: string,
): Promise<TokenAnswer> {
  const response = await fetch(new URL(ISSUER_PATHS.token, address), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await clientAssertion(client, issuer, privateKey),
      ...(operator === undefined ? {} : { operator }),
    }),
  });
  const answer = (await response.json()) as TokenAnswer & { readonly error?: string };
  if (!response.ok) throw new Error(`the issuer refused a token: ${answer.error ?? response.status}`);
  return answer;
}

/** Makes the issuer at an address. `signingKeys` is the private set; its first key signs, the others are still published. */
export function builtInIssuer(url: string, signingKeys: JSONWebKeySet, ports: IssuerPorts): BuiltInIssuer {
  const provider = new Provider(url, configuration(signingKeys, ports));
  // The hub stands behind the balancer that ends TLS; the issuer's address says https then.
  provider.proxy = url.startsWith('https:');
  provider.use(async (context, next) => {
    await next();
    // Pages of other sites have no business here.
    context.remove('access-control-allow-origin');
    context.remove('access-control-expose-headers');
    const granted = context.oidc?.entities.ClientCredentials;
    // Who names no scope is given all that the grant allows (RFC 6749 §3.3); the answer says which.
    if (granted && isTokenAnswer(context.body)) context.body.scope ??= allScopes(granted, ports);
  });
  return {
    handle: provider.callback(),
    publicKeys: { keys: signingKeys.keys.map(publicHalf) },
  };
}

function configuration(signingKeys: JSONWebKeySet, ports: IssuerPorts): Configuration {
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
    },
    clockTolerance: 5,
    cookies: { keys: [] },
    ttl: { ClientCredentials: LONGEST_TOKEN_LIFE },
    extraTokenClaims: (context, token) => ({
      ...agencyOf(token.clientId ?? ''),
      ...operatorIn((context.oidc.body ?? {}) as Readonly<Record<string, unknown>>),
    }),
    assertJwtClientAuthClaimsAndHeader: (context, claims) => assertOneUse(context.oidc.issuer, claims),
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      // The door takes bearer tokens only; a bound token that it took as one would be worth no more than they.
      dPoP: { enabled: false },
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
function allScopes(token: ScopedToken, ports: IssuerPorts): string {
  return token.scope ?? (ports.scopesOf(token.clientId ?? '') ?? []).join(' ');
}

/** A client that asks for more than its grant is told so, rather than given a token that then fails. */
function assertGranted(asked: unknown, granted: readonly string[]): void {
  if (typeof asked !== 'string') return;
  if (!asked.split(' ').every((scope) => granted.includes(scope))) {
    throw new errors.InvalidScope('requested scope is not granted to this client', asked);
  }
}

function isTokenAnswer(body: unknown): body is { scope?: string } {
  return typeof body === 'object' && body !== null && 'access_token' in body;
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

/** Stricter than the standard: meant for this issuer alone, gone within a minute. */
function assertOneUse(issuer: string, claims: Readonly<Record<string, unknown>>): void {
  const { aud, iat, exp } = claims;
  if (aud !== issuer) throw new errors.InvalidClientAuth('the assertion must name this issuer alone as its audience');
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp) || Number(exp) - Number(iat) > LONGEST_ASSERTION_LIFE) {
    throw new errors.InvalidClientAuth('the assertion must not live longer than a minute');
  }
}

/** Clients are looked up on every use and assertions are noted in the database; the provider asks for nothing else to be kept. */
function adapterFor(name: string, ports: IssuerPorts): Adapter {
  return {
    find: async (id) => (name === 'Client' ? findClient(id, ports) : undefined),
    upsert: async (id, _payload, expiresIn?: number) => {
      if (name !== 'ReplayDetection') return;
      const until = new Date(Date.now() + (expiresIn ?? LONGEST_ASSERTION_LIFE) * 1000);
      const fresh = await ports.rememberAssertion(id, until);
      if (!fresh) throw new errors.InvalidClientAuth('client assertion tokens must only be used once');
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
    jwks: { keys: keys.map(publicHalf) as never[] },
  };
}

const PRIVATE_MEMBERS = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']);

/** A key without the members that only its holder may know. */
export function publicHalf(key: JWK): JWK {
  return Object.fromEntries(Object.entries(key).filter(([member]) => !PRIVATE_MEMBERS.has(member))) as JWK;
}
