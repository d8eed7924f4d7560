import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { JWK } from 'jose';
import type { Jurisdiction } from '../../src/domain/access/caller.ts';
import { loadJurisdictions } from '../../src/storage/jurisdiction-files.ts';
import { readPacks } from '../../src/storage/pack-files.ts';
import type { TestHub } from './hub.ts';
import { ndjson, TYPES } from './sent-files.ts';
import { digestOf, digestOfPush, headerFor, signatureOf } from './signatures.ts';

/** The doors at which a signed push is taken. */
export const SIGNED_DOORS = ['graph', 'file'] as const;
/** A door at which a signed push is taken. */
export type SignedDoor = (typeof SIGNED_DOORS)[number];

/** One push; what is not said it does not say. */
export interface DoorPush {
  readonly client: string;
  readonly list: string;
  readonly idempotencyKey: string;
  readonly labels?: {
    readonly mode?: string;
    readonly period?: string;
    readonly documentNumber?: string;
    readonly dryRun?: boolean;
  };
  readonly rows: readonly object[];
}

/** What a door answered. */
export interface DoorAnswer {
  readonly status: number;
  /** Of its first error; `null` where it was taken. */
  readonly code: string | null;
  readonly message: string;
  /** Of the submission, where there is one. */
  readonly id: string;
  readonly repeated: boolean;
  readonly receipt: { readonly digest: string; readonly receivedAt: string } | null;
  readonly signedReceipt: string;
}

/** What the header of a signature says of a push at a door. */
export const labelsOf = (door: SignedDoor, { client, list, idempotencyKey, labels = {} }: DoorPush) => ({
  jurisdiction: client.split(':')[0],
  agency: client.split(':')[1],
  list,
  mode: 'DELTA',
  ...labels,
  dryRun: labels.dryRun || undefined,
  idempotencyKey,
  format: door === 'graph' ? 'GRAPHQL' : 'NDJSON',
});

/** The digest of a push at a door, as its agency makes it. */
export const digestAt = (door: SignedDoor, { list, labels, rows }: DoorPush): string =>
  door === 'graph' ? digestOfPush(list, { ...labels, rows }) : digestOf(ndjson(rows));

/** A signature by a key that lacks nothing, but for what the header says otherwise; a member that is undefined is left out. */
export const signedAt = (
  door: SignedDoor,
  push: DoorPush,
  key: JWK,
  header: Readonly<Record<string, unknown>> = {},
  digest = digestAt(door, push),
): string => signatureOf(key, { ...headerFor(key, labelsOf(door, push)), ...header }, digest);

/** Sends a push through a door with these signatures: none, one, or as many headers. */
export async function sendAt(
  hub: TestHub,
  door: SignedDoor,
  push: DoorPush,
  ...signatures: readonly string[]
): Promise<DoorAnswer> {
  return door === 'graph' ? sendToGraph(hub, push, signatures[0]) : sendFile(hub, push, signatures);
}

async function sendToGraph(hub: TestHub, push: DoorPush, signature: string | undefined): Promise<DoorAnswer> {
  const { client, list, idempotencyKey, labels, rows } = push;
  const name = list.replace(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase());
  const { status, body } = await hub.ask(client, {
    query: `mutation ($input: Push${name}Input!) { pushed: push${name}(input: $input) {
      id repeated signedReceipt receipt { digest receivedAt } } }`,
    variables: { input: { idempotencyKey, ...labels, rows, signature } },
  });
  return { ...body.data?.pushed, status, ...refusalIn(body) };
}

async function sendFile(hub: TestHub, push: DoorPush, signatures: readonly string[]): Promise<DoorAnswer> {
  const { client, list, idempotencyKey, labels, rows } = push;
  const query = new URLSearchParams(Object.entries(labels ?? {}).map(([name, value]) => [name, String(value)]));
  const sent = request(`${hub.url}/lists/${list}?${query.toString()}`, {
    method: 'POST',
    headers: {
      'content-type': TYPES.ndjson,
      authorization: `Bearer ${await hub.tokenOf(client)}`,
      'idempotency-key': idempotencyKey,
      // Fetch would join two of one name to one.
      ...(signatures.length > 0 ? { 'submission-signature': [...signatures] } : {}),
    },
  });
  sent.end(ndjson(rows));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const body = JSON.parse(await text(response));
  return { ...body, status: response.statusCode, ...refusalIn(body) };
}

const refusalIn = ({ errors }: { readonly errors?: readonly { message: string; extensions: { code: string } }[] }) => ({
  code: errors?.[0]?.extensions.code ?? null,
  message: errors?.[0]?.message ?? '',
});

/** The jurisdictions of the repository, one agency of which must sign. */
export function jurisdictionsWhere(client: string): readonly Jurisdiction[] {
  const years = new Map(readPacks('packs').map(({ id, policyYear }) => [id, policyYear]));
  const [place, office] = client.split(':') as [string, 'disabled-federation'];
  return loadJurisdictions('jurisdictions', (id) => years.get(id))
    .all()
    .map((one) => {
      if (one.id !== place) return one;
      const grant = { ...one.agencies[office]!, signature: 'required' } as const;
      return { ...one, agencies: { ...one.agencies, [office]: grant } };
    });
}
