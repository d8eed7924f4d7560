import { createHash } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import type pg from 'pg';
import type { Agency } from '../domain/intake/words.ts';
import { AgencyKeyEntity } from './entities.ts';

/** A public key as JSON Web Key (RFC 7517). Never a private one. */
export type PublicJwk = Readonly<Record<string, unknown>>;

/** Members of a JWK that only a private or symmetric key has (RFC 7518 §6). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** The public keys by which agencies prove themselves, and the proofs they have already used. */
export interface AgencyKeys {
  /** The agency's keys; empty where it has none. */
  find(jurisdiction: string, agency: Agency): Promise<readonly PublicJwk[]>;
  /**
   * Gives the agency one more key; adding the same key again changes nothing. The thumbprint (RFC 7638) names the key.
   * Throws where the JWK is a private one: the hub must never hold it.
   */
  add(jurisdiction: string, agency: Agency, thumbprint: string, jwk: PublicJwk, at: Date): Promise<void>;
  remove(jurisdiction: string, agency: Agency, thumbprint: string): Promise<void>;
  /**
   * Remembers a used assertion until it expires; false where it had been used before (RFC 7523 §3, `jti`). Of two that
   * come with the same one at once only one is told true, whichever process they reach.
   */
  remember(assertion: string, expiresAt: Date): Promise<boolean>;
}

/** Keeps agencies' public keys in the database. */
export function agencyKeys(orm: MikroORM, pool: pg.Pool): AgencyKeys {
  return {
    find: async (jurisdiction, agency) => {
      const found = await orm.em
        .fork()
        .find(AgencyKeyEntity, { jurisdiction, agency }, { orderBy: { addedAt: 'asc' } });
      return found.map(({ jwk }) => jwk);
    },
    add: async (jurisdiction, agency, thumbprint, jwk, at) => {
      if (SECRET_MEMBERS.some((member) => member in jwk)) throw new Error('AGENCY_KEY_IS_PRIVATE');
      await orm.em
        .fork()
        .upsert(
          AgencyKeyEntity,
          { jurisdiction, agency, thumbprint, jwk, addedAt: at },
          { onConflictAction: 'ignore', onConflictFields: ['jurisdiction', 'agency', 'thumbprint'] },
        );
    },
    remove: async (jurisdiction, agency, thumbprint) => {
      await orm.em.fork().nativeDelete(AgencyKeyEntity, { jurisdiction, agency, thumbprint });
    },
    remember: async (assertion, expiresAt) => {
      // Hashed: the sender chooses the id, so it may be of any length and hold anything.
      const id = createHash('sha256').update(assertion).digest('base64url');
      const inserted = await pool.query({ ...REMEMBER, values: [id, expiresAt] });
      return inserted.rowCount === 1;
    },
  };
}

/** Forgets what has expired on the way: an expired assertion is refused for that alone. */
const REMEMBER = {
  name: 'remember-assertion',
  text: `
with forgotten as (delete from replayed_assertion where expires_at < now() and id <> $1)
insert into replayed_assertion (id, expires_at) values ($1, $2)
on conflict do nothing`,
};
