import { appendFile, readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import { readEntry } from '../../domain/audit/audit-entry.ts';
import { isGrownFrom, isIncluded, type HeldRoot } from '../../domain/audit/proofs.ts';
import type { SignedProof } from '../../flows/prove-log.ts';
import { AUDIT_PATHS } from '../../gateway/audit-routes.ts';
import type { JSONWebKeySet, JWK } from '../../gateway/issuer.ts';
import { sha256Tree } from '../../storage/audit-tree.ts';
import { ACCESS_OPTIONS, openAccess, readAccess, type HubAccess } from '../push/tokens.ts';
import { asCalled, readHead, sealedIn, type SealedHead } from './sealed-texts.ts';
import { signatureFault } from './signature-fault.ts';

/** What a hub answers to a question for a proof. */
type AnsweredProof = Omit<SignedProof, 'head'> & SignedProof['head'];

/**
 * Checks receipts and checkpoints against the hub from outside, without its database: its seal on each, that the log is still the one
 * of which each tells, that each receipt's submission was put down by then, and the agency's own signature where there is one. `tell` hears
 * what was found, line by line.
 *
 * @returns false where the hub contradicts what it signed, or cannot show that it does not
 */
export async function checkReceipts(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  usage: string,
  tell: (line: string) => void,
): Promise<boolean> {
  const { values, positionals: files } = parsed(args, usage);
  if (files.length === 0) throw new Error(usage);
  const access = await openAccess(readAccess(values, environment, usage), environment);
  const { keys } = await sealOf(access, values.seal);
  const agencyKeys = values['agency-keys'] === undefined ? null : await thumbprintsIn(asCalled(values['agency-keys']));
  const held = (await Promise.all(files.map((file) => sealedIn(file, keys)))).flat();

  const { checkpoint } = await ask(access, {});
  const now = await readHead(checkpoint, keys, access.hub);
  if (!now) throw new Error('检查点不是本枢纽签名 / the checkpoint is not signed by this hub');
  let isSound = true;
  for (const one of held) {
    const fault = await faultOf(one, now, access, agencyKeys).catch((error: Error) => error.message);
    tell(`${one.from}: ${fault ?? heldBy(one)}`);
    isSound &&= fault === null;
  }
  if (isSound) {
    tell(`${now.log}: ${now.size} 条，${held.length} 份相符 / ${now.size} entries, as ${held.length} have it`);
    if (values.keep !== undefined) await appendFile(asCalled(values.keep), `${checkpoint}\n`);
  } else {
    tell(`请保存各份回执和此检查点作为证据 / keep the receipts and this checkpoint, they are evidence: ${checkpoint}`);
  }
  return isSound;
}

function parsed(args: readonly string[], usage: string) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...ACCESS_OPTIONS, seal: text, keep: text, 'agency-keys': text },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`, { cause: error });
  }
}

const heldBy = ({ received }: SealedHead): string =>
  received?.signature ? '相符，部门签名有效 / holds, and so does the agency’s signature' : '相符 / holds';

/** Thumbprints of the public keys of a file: one JSON Web Key, or a set of them. */
async function thumbprintsIn(file: string): Promise<ReadonlySet<string>> {
  const read = JSON.parse(await readFile(file, 'utf8')) as JWK | JSONWebKeySet;
  const keys = 'keys' in read ? (read as JSONWebKeySet).keys : [read as JWK];
  return new Set(await Promise.all(keys.map((key) => calculateJwkThumbprint(key))));
}

/** The hub's public keys: those of a file that was kept, or those it publishes. */
async function sealOf({ hub }: HubAccess, file: string | undefined): Promise<{ readonly keys: readonly JWK[] }> {
  if (file !== undefined) return JSON.parse(await readFile(asCalled(file), 'utf8')) as JSONWebKeySet;
  const response = await fetch(hub + AUDIT_PATHS.seal);
  if (!response.ok) throw new Error(`${AUDIT_PATHS.seal}: HTTP ${response.status}`);
  return (await response.json()) as JSONWebKeySet;
}

async function ask(access: HubAccess, question: Readonly<Record<string, string>>): Promise<AnsweredProof> {
  const response = await fetch(`${access.hub}${AUDIT_PATHS.proof}?${new URLSearchParams(question).toString()}`, {
    headers: { authorization: `Bearer ${await access.token()}` },
  });
  const body = (await response.json()) as AnsweredProof & { readonly errors?: readonly { readonly message: string }[] };
  if (response.ok) return body;
  throw new Error(`HTTP ${response.status} ${body.errors?.map(({ message }) => message).join('; ') ?? ''}`);
}

/** What the hub's log has against something it signed; `null` where it has nothing. */
async function faultOf(
  held: SealedHead,
  now: SealedHead,
  access: HubAccess,
  agencyKeys: ReadonlySet<string> | null,
): Promise<string | null> {
  if (held.log !== now.log) return `属于另一统筹区 ${held.log} / is of another log, ${held.log}`;
  if (held.size > now.size) return `日志变短：${held.size} → ${now.size} / the log has become shorter`;
  const { submission, digest } = held.received ?? {};
  const proof = await ask(access, {
    from: String(held.size),
    until: String(now.size),
    ...(submission === undefined ? {} : { submission }),
  });
  if (!isGrownFrom(rootOf(held), rootOf(now), (proof.consistency ?? []).map(bytes), sha256Tree)) {
    return `前 ${held.size} 条已被改动 / some of the first ${held.size} entries were changed`;
  }
  if (!held.received) return null;
  const { entry } = proof;
  const said = entry && readEntry(entry.text);
  const isThere =
    entry !== null &&
    entry.index < held.size &&
    isIncluded(sha256Tree.leaf(entry.text), entry.index, rootOf(now), entry.inclusion.map(bytes), sha256Tree);
  if (!isThere || !said?.submissions.includes(held.received.submission))
    return '日志中没有这份报送 / the log lacks this submission';
  if (said.digest !== digest) return '报送内容与回执不同 / the log has other content for this submission';
  return signatureFault(held.received, said.signature, agencyKeys);
}

const rootOf = ({ size, root }: Pick<SealedHead, 'size' | 'root'>): HeldRoot => ({ size, root: bytes(root) });

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
