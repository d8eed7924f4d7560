import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { InstantScalar } from './scalars.ts';

/** The agency's own signature under a submission. */
@Directive('@shareable')
@ObjectType('SubmissionSignature', {
  simpleResolvers: true,
  description:
    '部门签名：The agency’s own signature under what it pushed. Whoever has the public key can hold it against the receipt’s `digest`, so that the agency cannot deny the push.',
})
export class SubmissionSignatureType {
  @Field(() => String, {
    description:
      '签名原文：The detached JWS as it was sent; its payload is the receipt’s `digest`, its header names the push.',
  })
  jws: string;

  @Field(() => ID, { description: '公钥指纹：Thumbprint (RFC 7638) of the key by which it was made.' })
  thumbprint: string;

  @Field(() => String, {
    description:
      '公钥：The public key by which it was checked, a JSON Web Key as text; kept, since the agency may replace it later.',
  })
  publicKey: string;

  @Field(() => InstantScalar, { description: '签名时间：When it was made, as it says.' })
  signedAt: Date;
}
