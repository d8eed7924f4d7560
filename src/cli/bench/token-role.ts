import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { answerBench } from './processes.ts';

/** A token to verify, with all that a door must check of it. */
export interface TokenToVerify {
  readonly token: string;
  readonly issuer: string;
  readonly times: number;
}

/** The process that verifies one token over and over with jose alone: what a door without memory would pay for each request. */
export function tokenRole(): Promise<void> {
  return answerBench({ verify }, async () => undefined);
}

async function verify({ token, issuer, times }: TokenToVerify): Promise<void> {
  const published = (await (await fetch(`${issuer}/oauth/jwks`)).json()) as JSONWebKeySet;
  const keys = createLocalJWKSet(published);
  for (let time = 0; time < times; time += 1) {
    await jwtVerify(token, keys, { issuer, audience: 'yidang', typ: 'at+jwt' });
  }
}
