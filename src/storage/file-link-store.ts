import { createHash, randomBytes } from 'node:crypto';
import type { Caller } from '../domain/access/caller.ts';
import type { FileLinks, FileWish } from '../flows/ports-file-links.ts';
import { openText, sealText } from './sealed-text.ts';
import type { WalledDatabase } from './walled-database.ts';

/** Keeps links to files by the hash of their secret, so that nobody who reads the table can open one. */
export function fileLinkStore(walled: WalledDatabase): FileLinks {
  return {
    add: async ({ wish, asker, askedAt, until }) => {
      const secret = randomBytes(32).toString('base64url');
      const inside = walled.of(asker.jurisdiction);
      const hash = hashOf(secret);
      const because = withWords(asker, (words) => sealText(inside.seal, WORDS, placeOf(hash), words));
      const kept = { ...asker, ...because, scopes: [...asker.scopes] };
      await inside.query({ ...ADD, values: [asker.jurisdiction, hash, wish, kept, askedAt, until] });
      return secret;
    },
    use: async (jurisdiction, secret, now) => {
      const inside = walled.of(jurisdiction);
      const hash = hashOf(secret);
      const { rows } = await inside.query<LinkRow>({ ...USE, values: [jurisdiction, hash, now] });
      const [found] = rows;
      if (!found) return undefined;
      const { wish, asker, asked_at: askedAt, until, is_open: isOpen } = found;
      const because = withWords(asker, (words) => openText(inside.seal, WORDS, placeOf(hash), words));
      return { wish, asker: { ...asker, ...because, scopes: new Set(asker.scopes) }, askedAt, until, isOpen };
    },
  };
}

interface LinkRow {
  readonly wish: FileWish;
  readonly asker: Omit<Caller, 'scopes'> & { readonly scopes: readonly string[] };
  readonly asked_at: Date;
  readonly until: Date;
  readonly is_open: boolean;
}

/**
 * Why names and numbers are to be shown whole: words, which may name people. Sealed under the data key of the hour, since a link is forgotten
 * long before old keys are.
 */
const WORDS = 'file_link.asker';

function withWords(
  { revealBecause }: Pick<Caller, 'revealBecause'>,
  change: (words: string) => string,
): Pick<Caller, 'revealBecause'> {
  return revealBecause === undefined ? {} : { revealBecause: change(revealBecause) };
}

const placeOf = (hash: Buffer): readonly string[] => [hash.toString('hex')];

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Forgets on the way what was over a day ago: until then a link that comes again is known for what it was. */
const ADD = {
  name: 'file-link-add',
  text: `
with forgotten as (delete from file_link where jurisdiction = $1 and until < $5::timestamptz - interval '1 day')
insert into file_link (jurisdiction, hash, wish, asker, asked_at, until) values ($1, $2, $3, $4, $5, $6)`,
};

const USE = {
  name: 'file-link-use',
  text: `
with used as (
  update file_link set used_at = $3 where jurisdiction = $1 and hash = $2 and used_at is null and until > $3 returning hash
)
select l.wish, l.asker, l.asked_at, l.until, exists (select from used) as is_open
from file_link l where l.jurisdiction = $1 and l.hash = $2`,
};
