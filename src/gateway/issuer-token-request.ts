import { IncomingMessage, type ServerResponse } from 'node:http';
import type { JWK } from 'jose';
import { readKeyProof } from './authenticate-proof.ts';
import { sendJson } from './http-server.ts';
import { checkAssertion, type ProvenClient } from './issuer-assertion.ts';

const LARGEST_FORM = 16 * 1024;
const MOST_HEARD_OUT = 8 * 1024 * 1024;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** By these a request would name itself another host, or another client's certificate, than it came with. */
const FORWARDED = /^(?:transfer-encoding|forwarded|x-forwarded-.*|x-client-cert.*|x-ssl-.*|client-cert.*)$/;

/** What is wrong with a request for a token, before anything else is asked: constant, whatever the reason. */
const NOT_A_CLIENT = [401, { error: 'invalid_client', error_description: 'client authentication failed' }] as const;
const NO_PROOF = [400, { error: 'invalid_dpop_proof', error_description: 'invalid DPoP key binding' }] as const;

/** A request for a token that came with a sound assertion. */
export interface TokenRequest extends ProvenClient {
  /** The request to be answered: the same, its body to be read once more, and of nothing that a proxy may have been told. */
  readonly request: IncomingMessage;
}

/**
 * Looks at a request for a token before the provider reads it: one form of bounded size, one assertion, checked strictly, and a
 * proof of possession, if there is one, made for this address. Answers what is not so itself, and tells `null` then.
 */
export async function readTokenRequest(
  request: IncomingMessage,
  response: ServerResponse,
  address: { readonly issuer: string; readonly path: string },
  keysOf: (client: string) => Promise<readonly JWK[]>,
): Promise<TokenRequest | null> {
  const bytes = await readBytes(request);
  const assertion = bytes && assertionIn(request, bytes);
  const proven = assertion ? await checkAssertion(assertion, address.issuer, keysOf) : null;
  if (!bytes || !proven) {
    sendJson(response, ...NOT_A_CLIENT);
    return null;
  }
  const proofs = request.headersDistinct['dpop'] ?? [];
  const url = new URL(address.path, address.issuer).href;
  if (proofs.length > 1 || (proofs[0] !== undefined && !(await readKeyProof(proofs[0], { method: 'POST', url })))) {
    sendJson(response, ...NO_PROOF);
    return null;
  }
  return { ...proven, request: readAgain(request, bytes, new URL(address.issuer)) };
}

/** The one assertion of a form; none where anything else could stand for the client. */
function assertionIn(request: IncomingMessage, bytes: Buffer): string | undefined {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded' || request.headers.authorization !== undefined) return undefined;
  const form = new URLSearchParams(bytes.toString('latin1'));
  const only = (name: string): string | undefined => (form.getAll(name).length === 1 ? form.get(name)! : undefined);
  if (form.has('client_secret') || only('client_assertion_type') !== ASSERTION_TYPE) return undefined;
  return only('client_assertion');
}

/** All of a body; nothing where it is too large, but heard out, so that the sender gets to read the answer. */
async function readBytes(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST_FORM) chunks.push(chunk);
    else if (size > MOST_HEARD_OUT) break;
  }
  return size <= LARGEST_FORM ? Buffer.concat(chunks, size) : undefined;
}

/** The same request from its beginning, with the issuer's own host: proofs are held against the address that it makes of it. */
function readAgain(request: IncomingMessage, bytes: Buffer, issuer: URL): IncomingMessage {
  const again = new IncomingMessage(request.socket);
  again.method = request.method;
  again.url = request.url;
  again.httpVersion = request.httpVersion;
  const kept = Object.entries(request.headers).filter(([name]) => !FORWARDED.test(name));
  again.headers = {
    ...Object.fromEntries(kept),
    host: issuer.host,
    'x-forwarded-proto': issuer.protocol.slice(0, -1),
    'content-length': String(bytes.length),
  };
  again.push(bytes);
  again.push(null);
  again.complete = true;
  return again;
}
