import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import type { Caller } from '../../src/domain/access/caller.ts';
import { internalTokens } from '../../src/gateway/issuer-internal-token.ts';

/** How the gateway of a hub in development would ask one of its subgraphs for whoever holds an access token. */
export function asGateway(dataDir: string): (subgraph: string, accessToken: string) => Promise<string> {
  const tokenFor = internalTokens(JSON.parse(readFileSync(join(dataDir, 'gateway-keys.json'), 'utf8')));
  return (subgraph, accessToken) =>
    tokenFor(subgraph, { caller: callerOf(accessToken), requestId: crypto.randomUUID() });
}

function callerOf(accessToken: string): Caller {
  const { agency, jurisdiction, scope } = decodeJwt<Record<'agency' | 'jurisdiction' | 'scope', string>>(accessToken);
  return {
    client: `${jurisdiction}:${agency}`,
    agency: agency as Caller['agency'],
    jurisdiction,
    scopes: new Set(scope.split(' ').filter(Boolean)),
  };
}
