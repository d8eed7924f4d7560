import { createHash } from 'node:crypto';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { isSoundPublicKey } from '../domain/access/public-key.ts';
import type { Agency } from '../domain/intake/words.ts';
import type { Database } from './database.ts';
import { AgencyKeyEntity } from './entities.ts';

/** A public key as JSON Web Key (RFC 7517). Never a private one. */
export type PublicJwk = Readonly<Record<string, unknown>>;

/** Why a key is not registered, by code: what it is, in Chinese and English. */
const KEY_REFUSALS = {
  AGENCY_KEY_IS_WEAK: [
    '只接受 P-256 或 Ed25519 公钥，不含私钥成员',
    'only a P-256 or Ed25519 public key is taken, without private members',
  ],
  AGENCY_KEY_IS_TAKEN: ['此公钥已属于另一部门', 'this key is another agency’s already'],
  AGENCY_KEY_IS_REVOKED: ['此公钥已被吊销，不能再用', 'this key was revoked and does not come back'],
} as const;

/** Thrown where a key is not registered; the message says why in both languages. */
export class AgencyKeyRefused extends Error {
  readonly code: keyof typeof KEY_REFUSALS;

  constructor(code: keyof typeof KEY_REFUSALS) {
    super(`${code}: ${KEY_REFUSALS[code].join(' / ')}`);
    this.name = 'AgencyKeyRefused';
    this.code = code;
  }
}

/** The public keys by which agencies prove themselves, and the proofs they have already used. */
export interface AgencyKeys {
  /** The agency's keys; empty where it has none. */
  find(jurisdiction: string, agency: Agency): Promise<readonly PublicJwk[]>;
  /** The one of the agency's keys that has this thumbprint; `undefined` where it has none such. One statement. */
  named(jurisdiction: string, agency: Agency, thumbprint: string): Promise<PublicJwk | undefined>;
  /**
   * Gives the agency one more key; adding the same key again changes nothing. The thumbprint (RFC 7638) names the key.
   * Throws an {@link AgencyKeyRefused} where the key is weak or private, another agency's, or was revoked before.
   */
  add(jurisdiction: string, agency: Agency, thumbprint: string, jwk: PublicJwk, at: Date): Promise<void>;
  /** Takes a key out of use for new tokens only. Whoever lost it wants it revoked (`revocationStore`). */
  remove(jurisdiction: string, agency: Agency, thumbprint: string): Promise<void>;
  /**
   * Remembers a used assertion until it expires; false where it had been used before (RFC 7523 §3, `jti`). Of two that
   * come with the same one at once only one is told true, whichever process they reach.
   */
  remember(assertion: string, expiresAt: Date): Promise<boolean>;
}

/** Keeps agencies' public keys in the database. */
export function agencyKeys({ orm, walled, pool }: Pick<Database, 'orm' | 'walled' | 'pool'>): AgencyKeys {
  return {
    find: async (jurisdiction, agency) => {
      const found = await of(orm, jurisdiction, (em) =>
        em.find(AgencyKeyEntity, keysOf(jurisdiction, agency), { orderBy: { addedAt: 'asc' } }),
      );
      return found.map(({ jwk }) => jwk);
    },
    named: async (jurisdiction, agency, thumbprint) => {
      const found = await walled
        .of(jurisdiction)
        .query<{ jwk: PublicJwk }>({ ...NAMED_KEY, values: [jurisdiction, agency, thumbprint] });
      return found.rows[0]?.jwk;
    },
    add: async (jurisdiction, agency, thumbprint, jwk, at) => {
      if (!isSoundPublicKey(jwk)) throw new AgencyKeyRefused('AGENCY_KEY_IS_WEAK');
      const values = [jurisdiction, agency, thumbprint, JSON.stringify(jwk), at, `${jurisdiction}:${agency}`];
      const { rows } = await walled.of(jurisdiction).query<{ revoked: boolean; own: boolean }>(ADD_KEY, values);
      if (rows[0]!.revoked) throw new AgencyKeyRefused('AGENCY_KEY_IS_REVOKED');
      if (!rows[0]!.own) throw new AgencyKeyRefused('AGENCY_KEY_IS_TAKEN');
    },
    remove: async (jurisdiction, agency, thumbprint) => {
      await of(orm, jurisdiction, (em) =>
        em.nativeDelete(AgencyKeyEntity, { ...keysOf(jurisdiction, agency), thumbprint: String(thumbprint) }),
      );
    },
    remember: async (assertion, expiresAt) => {
      // Hashed: the sender chooses the id, so it may be of any length and hold anything.
      const id = createHash('sha256').update(assertion).digest('base64url');
      const inserted = await pool.query({ ...REMEMBER, values: [id, expiresAt] });
      return inserted.rowCount === 1;
    },
  };
}

/** Works on entities of one jurisdiction, in a transaction in which no other is seen. */
const of = <T>(orm: MikroORM, jurisdiction: string, work: (em: EntityManager) => Promise<T>): Promise<T> =>
  orm.em.fork().transactional(async (em) => {
    await em.execute(`select set_config('hub.jurisdiction', ?, true)`, [jurisdiction]);
    return work(em);
  });

/** As texts, whatever comes: an object would be taken for an operator of the library's. */
const keysOf = (jurisdiction: string, agency: Agency) => ({
  jurisdiction: String(jurisdiction),
  agency: String(agency) as Agency,
});

const NAMED_KEY = {
  name: 'named-key',
  text: 'select jwk from agency_key where jurisdiction = $1 and agency = $2 and thumbprint = $3',
};

/** Of two agencies that add one key at once, the index lets one in; the other sees that it is not its own. */
const ADD_KEY = `
with revoked as (select exists (select from revocation where thumbprint = $3::text) as is_so),
added as (
  insert into agency_key (jurisdiction, agency, thumbprint, jwk, added_at)
  select $1, $2, $3, $4::jsonb, $5::timestamptz from revoked where not is_so
  on conflict do nothing
  returning true as own
)
select is_so as revoked,
  exists (select from added)
    or exists (select from agency_key where thumbprint = $3 and jurisdiction || ':' || agency = $6) as own
from revoked`;

/** Forgets what has expired on the way: an expired assertion is refused for that alone. */
const REMEMBER = {
  name: 'remember-assertion',
  text: `
with forgotten as (delete from replayed_assertion where expires_at < now() and id <> $1)
insert into replayed_assertion (id, expires_at) values ($1, $2)
on conflict do nothing`,
};
