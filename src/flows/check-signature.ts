import type { PushRight } from '../domain/access/decide-push.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { membersUnlike, type AgencySignature, type SignedPush } from '../domain/intake/submission-signature.ts';
import type { AgencySignatures, ReadSignature } from './ports-signature.ts';

/** What it takes to hold a signature against a push. */
export interface CheckSignaturePorts {
  readonly signatures: AgencySignatures;
}

/** A push as it comes, with its signature; `null`: without one. */
export interface PushUnderSignature extends Omit<SignedPush, 'jurisdiction' | 'agency'> {
  readonly signature: string | null;
}

/** A signature that is good as far as that can be told without the content. */
type OpenSignature = Omit<ReadSignature, 'header'> & Pick<AgencySignature, 'key'>;

/**
 * Looks at the signature of a push before its content is there; `null` where it comes without one and may. Refuses what must be signed and
 * is not (`SIGNATURE_REQUIRED`), and what was not signed for this very push by a key of the agency's own (`SIGNATURE_INVALID`).
 */
export async function openSignature(
  { signature, ...push }: PushUnderSignature,
  { caller, mustSign }: PushRight,
  { signatures }: CheckSignaturePorts,
): Promise<Answer<OpenSignature | null>> {
  if (signature === null) return mustSign ? unsigned() : granted(null);
  const read = signatures.read(signature);
  if (read === 'MALFORMED')
    return invalid('签名不是规定格式的分离式 JWS', 'it is no detached JWS of the form agreed on');
  if (read === 'OUT_OF_TIME') {
    return invalid('签名时间（iat）过早或在未来', 'it was made too long ago, or in the future (iat)');
  }
  const { header, ...opened } = read;
  const { jurisdiction, agency } = caller;
  const unlike = membersUnlike(header, { ...push, jurisdiction, agency });
  if (unlike.length > 0) {
    return invalid(
      `签名是为另一份报送作的（${unlike.join('、')}）`,
      `it was made for another push (${unlike.join(', ')})`,
    );
  }
  const key = await signatures.keyOf(jurisdiction, agency, opened.thumbprint);
  if (!key) {
    return invalid('签名密钥不是本部门登记在用的公钥（kid）', 'its key is none that is registered of the agency (kid)');
  }
  return granted({ ...opened, key });
}

/** Holds the signature of a push against the digest of its content, at last; refuses as {@link openSignature} does. */
export async function checkSignature(
  push: PushUnderSignature,
  digest: string,
  right: PushRight,
  ports: CheckSignaturePorts,
): Promise<Answer<AgencySignature | null>> {
  const opened = await openSignature(push, right, ports);
  if (!opened.ok || opened.value === null) return opened;
  if (await ports.signatures.isMadeBy(opened.value, digest)) return granted(opened.value);
  return invalid(
    '签名与内容不符，或不是以所述密钥作的',
    'it does not fit the content, or was not made by the key it names',
  );
}

const unsigned = () =>
  refused(
    'SIGNATURE_REQUIRED',
    '本部门的报送须附部门签名，未接收',
    'What this agency pushes must be signed by it; nothing was taken in',
  );

const invalid = (zh: string, en: string) =>
  refused(
    'SIGNATURE_INVALID',
    `部门签名无效，未接收：${zh}`,
    `The agency’s signature does not hold, nothing was taken in: ${en}`,
  );
