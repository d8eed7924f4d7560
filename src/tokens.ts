import { randomUUID } from 'node:crypto';
import type { Config } from './config.ts';
import type { Caller } from './domain/access/caller.ts';
import { AGENCIES, type Agency } from './domain/intake/words.ts';
import type { AgencySignatures } from './flows/ports-signature.ts';
import { authenticator, type Authenticate } from './gateway/authenticate.ts';
import { bareKey, isSignatureOver, readFreshSignature } from './gateway/authenticate-signature.ts';
import type { Clients } from './gateway/clients.ts';
import { developmentKeys, type DevelopmentKeys } from './gateway/dev-keys.ts';
import type { HttpServer } from './gateway/http-server.ts';
import { internalAuthenticator, type AuthenticateInternal } from './gateway/authenticate-internal.ts';
import { builtInIssuer, obtainToken, publicHalf, type BuiltInIssuer, type JWK } from './gateway/issuer.ts';
import { internalTokens, type InternalTokens } from './gateway/issuer-internal-token.ts';
import { knownKeys, publishedKeys } from './gateway/issuer-keys.ts';
import type { RefusalCounter } from './gateway/refusal-counter.ts';
import { requestIdOf } from './gateway/request-ids.ts';
import { recordDenied, type RequestRecords } from './gateway/request-records.ts';
import { loadPublicKeys, loadSigningKeys } from './gateway/signing-keys.ts';
import { agencyKeys } from './storage/agency-keys.ts';
import type { Database } from './storage/database.ts';
import type { Revocations } from './storage/revocations.ts';

/** What it takes to know who comes in. */
export interface TokenGround {
  readonly config: Config;
  readonly server: HttpServer;
  readonly database: Database;
  readonly clients: Clients;
  readonly issuerUrl: string;
  readonly revocations: Revocations;
  readonly refusals: RefusalCounter;
  readonly records: RequestRecords;
}

/** Where the issuer answers: with any free port the address is known only once it is taken. */
export function issuerUrlOf({ issuer, port, publicUrl }: Config, server: HttpServer): string {
  return issuer.kind === 'built-in' && port === 0 && issuer.url === publicUrl ? server.url : issuer.url;
}

/** The hub's own issuer, unless the site has one, and in development the keys of its clients. */
export async function issuerOf(ground: TokenGround): Promise<{ issuer?: BuiltInIssuer; devKeys?: DevelopmentKeys }> {
  const { config, database, clients, issuerUrl, revocations } = ground;
  if (config.issuer.kind === 'external') return {};
  const inDevelopment = config.environment === 'development';
  const devKeys = inDevelopment ? developmentKeys(config.dataDir) : undefined;
  const registered = agencyKeys(database);
  const issuer = builtInIssuer(
    issuerUrl,
    await loadSigningKeys('ISSUER_KEY_FILE', config.issuer.signingKeyFile, inDevelopment),
    {
      scopesOf: (id) => clients.find(id)?.scopes,
      needsProof: (id) => clients.find(id)?.grant.dpop === 'required',
      keysOf: async (id) => {
        const client = clients.find(id);
        if (!client || (await revocations.isRevoked(id, []))) return [];
        const keys = (await registered.find(client.jurisdiction.id, client.agency)) as readonly JWK[];
        const ofDevelopment = (await devKeys?.publicKeysOf(id)) ?? [];
        const standing = await Promise.all(ofDevelopment.map(({ kid = '' }) => revocations.isRevoked(id, [kid])));
        return [...keys, ...ofDevelopment.filter((_, index) => !standing[index])];
      },
      rememberAssertion: (id, until) => registered.remember(id, until),
      onReplayed: async (id) => {
        const client = clients.find(id);
        if (!client) return;
        const caller = {
          client: id,
          agency: client.agency,
          jurisdiction: client.jurisdiction.id,
          scopes: new Set<string>(),
        };
        await recordDenied(caller, 'REPLAYED', ground.records, { id: randomUUID(), operation: 'token' });
      },
    },
  );
  return { issuer, devKeys };
}

/** Tells who comes in, by tokens of the hub's own issuer or of the site's. */
export function authenticatorOf(ground: TokenGround, issuer: BuiltInIssuer | undefined): Authenticate {
  const { config, database, server, issuerUrl, clients, revocations, refusals } = ground;
  const registered = agencyKeys(database);
  return authenticator({
    issuer: issuerUrl,
    keys:
      config.issuer.kind === 'external' ? publishedKeys(new URL(config.issuer.jwksUrl)) : knownKeys(issuer!.publicKeys),
    findClient: (id) => clients.find(id)?.grant,
    isRevoked: (client, thumbprints) => revocations.isRevoked(client, thumbprints),
    proofs: {
      origin: config.port === 0 ? server.url : config.publicUrl,
      rememberProof: (id, until) => registered.remember(id, until),
    },
    onRefused: refusals.count,
    onRevoked: (caller, request) =>
      recordDenied(caller, 'REVOKED', ground.records, { id: requestIdOf(request), operation: 'door' }),
  });
}

/** Tells of signatures under submissions whether they hold, by the keys with which agencies also prove who they are. */
export function agencySignaturesOf({
  config,
  database,
  revocations,
}: Pick<TokenGround, 'config' | 'database' | 'revocations'>): AgencySignatures {
  const registered = agencyKeys(database);
  const trustsFolder = config.issuer.kind === 'built-in' && config.environment === 'development';
  const devKeys = trustsFolder ? developmentKeys(config.dataDir) : undefined;
  return {
    read: readFreshSignature,
    isMadeBy: isSignatureOver,
    keyOf: async (jurisdiction, agency, thumbprint) => {
      const client = `${jurisdiction}:${agency}`;
      if (await revocations.isRevoked(client, [thumbprint])) return undefined;
      const ofDevelopment = (await devKeys?.publicKeysOf(client)) ?? [];
      const key =
        (await registered.named(jurisdiction, agency, thumbprint)) ??
        ofDevelopment.find(({ kid }) => kid === thumbprint);
      return key && bareKey(key as JWK);
    },
  };
}

/** Is a client that was let in before one of the hub's still, and neither it nor the key of its token shut out? */
export const standingOf =
  ({ clients, revocations }: Pick<TokenGround, 'clients' | 'revocations'>) =>
  async ({ client, key }: Caller): Promise<boolean> =>
    clients.find(client) !== undefined && !(await revocations.isRevoked(client, key === undefined ? [] : [key]));

/** Signs what the gateway asks of subgraphs in processes of their own. */
export async function internalTokensOf({ gateway, environment }: Config): Promise<InternalTokens> {
  return internalTokens(await loadSigningKeys('GATEWAY_KEY_FILE', gateway.keyFile, environment === 'development'));
}

/** Tells what the gateway asks of a subgraph that is a process of its own. */
export async function internalAuthenticatorOf(ground: TokenGround, subgraph: string): Promise<AuthenticateInternal> {
  const { config, clients, revocations, refusals } = ground;
  return internalAuthenticator({
    subgraph,
    keys: knownKeys(await gatewayPublicKeys(config)),
    findClient: (id) => clients.find(id),
    isRevoked: (client, thumbprints) => revocations.isRevoked(client, thumbprints),
    onRefused: refusals.count,
  });
}

/** In development the processes share a folder of data, and nobody needs to hand keys around. */
async function gatewayPublicKeys({ gateway, environment }: Config) {
  if (gateway.publicKeyFile !== null) return loadPublicKeys(gateway.publicKeyFile);
  const { keys } = await loadSigningKeys('GATEWAY_KEY_FILE', gateway.keyFile, environment === 'development');
  return { keys: keys.map(publicHalf) };
}

/** How the playground of a development hub signs in as any agency. */
export function signInWith(
  devKeys: DevelopmentKeys,
  { clients, issuerUrl, server }: Pick<TokenGround, 'clients' | 'issuerUrl' | 'server'>,
) {
  return {
    clients,
    obtainToken: async (client: string) =>
      obtainToken(client, issuerUrl, await devKeys.privateKeyOf(client), server.url),
    officeName: (agency: Agency) => AGENCIES[agency],
  };
}
