import type { IncomingMessage, ServerResponse } from 'node:http';
import { SignJWT, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import { Provider } from 'oidc-provider';
import { LONGEST_ASSERTION_LIFE } from './issuer-assertion.ts';
import { publicHalf } from './issuer-key-pair.ts';
import { allScopes, providerConfiguration, type IssuerPorts } from './issuer-provider.ts';
import { readTokenRequest } from './issuer-token-request.ts';
import { ISSUER_PATHS } from './issuer-paths.ts';

export { makeKeyPair, publicHalf } from './issuer-key-pair.ts';
export { ISSUER_PATHS } from './issuer-paths.ts';
export type { JSONWebKeySet, JWK } from 'jose';

/** The built-in issuer: agencies obtain access tokens by client credentials, proving themselves with their own key. */
export interface BuiltInIssuer {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Public halves of the signing keys. */
  readonly publicKeys: JSONWebKeySet;
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
  const keysUsed = new WeakMap<IncomingMessage, string>();
  const provider = new Provider(url, providerConfiguration(signingKeys, ports, keysUsed));
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
  const answer = provider.callback();
  const address = { issuer: url, path: ISSUER_PATHS.token };
  return {
    handle: async (request, response) => {
      if (request.method !== 'POST') return answer(request, response);
      const asked = await readTokenRequest(request, response, address, ports.keysOf);
      if (!asked) return;
      keysUsed.set(asked.request, asked.thumbprint);
      await answer(asked.request, response);
    },
    publicKeys: { keys: signingKeys.keys.map(publicHalf) },
  };
}

function isTokenAnswer(body: unknown): body is { scope?: string } {
  return typeof body === 'object' && body !== null && 'access_token' in body;
}
