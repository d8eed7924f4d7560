import type { Caller } from '../domain/access/caller.ts';
import { numbersLeftOut } from '../domain/audit/numbers-left-out.ts';
import { granted, refused, type Answer } from '../domain/access/refusal.ts';
import { comparedPersons, type ComparePacksPorts } from './compare-packs.ts';
import type { FileLink, FileLinks, FileWish } from './ports-file-links.ts';
import { returnRows, type ReturnRowsPorts } from './return-rows.ts';

/** How long a link holds, in milliseconds. */
const LINK_LIFE = 15 * 60_000;

/** A link as who asked for it is told: the ticket that opens it, once. */
export interface FileTicket {
  readonly ticket: string;
  readonly until: Date;
}

/** What a ticket opens. */
export interface OpenedLink extends Pick<FileLink, 'wish' | 'asker'> {
  /** False where it was used before, or its time is over: then nothing may be given out for it. */
  readonly isOpen: boolean;
}

/** What it takes to give out links to files. */
export interface FileLinkPorts extends ReturnRowsPorts, ComparePacksPorts {
  readonly fileLinks: FileLinks;
}

/**
 * Gives a link to a file that the caller may have, for a browser, which cannot send a token along: good once, for fifteen minutes, and
 * in the caller's name. Refused as the flow that gives the file would refuse it. None for agencies whose tokens must be bound to a key:
 * whoever finds a link could use it.
 */
export async function linkFile(
  wish: FileWish,
  caller: Caller | null,
  ports: FileLinkPorts,
): Promise<Answer<FileTicket>> {
  const file =
    wish.kind === 'persons.csv'
      ? await comparedPersons(wish.id, wish.purpose, caller, ports)
      : await returnRows(wish.id, caller, ports);
  if (!file.ok) return file;
  const { request: _, ...asker } = caller!;
  if (ports.jurisdictions.find(asker.jurisdiction)?.agencies[asker.agency]?.dpop === 'required') {
    return refused(
      'FORBIDDEN',
      '本部门须以密钥证明持有令牌，不发放链接，请凭令牌下载',
      'This agency proves that it holds its tokens; files are fetched with them, not by a link',
    );
  }
  const askedAt = ports.clock.now();
  const until = new Date(askedAt.getTime() + LINK_LIFE);
  const secret = await ports.fileLinks.add({ wish, asker: withoutNumbers(asker), askedAt, until });
  return granted({ ticket: `${asker.jurisdiction}.${secret}`, until });
}

/** Uses a ticket up. `NOT_FOUND` where there is none such; whoever opens it decides anew whether its asker may have the file. */
export async function openFileLink(
  ticket: string,
  { fileLinks, clock }: Pick<FileLinkPorts, 'fileLinks' | 'clock'>,
): Promise<Answer<OpenedLink>> {
  const [, jurisdiction, secret] = TICKET.exec(ticket) ?? [];
  const found = secret === undefined ? undefined : await fileLinks.use(jurisdiction!, secret, clock.now());
  return found ? granted(found) : refused('NOT_FOUND', '没有这个链接', 'There is no such link');
}

const TICKET = /^([0-9a-z-]{1,64})\.([\w-]{43})$/;

/** Numbers that slipped into the asker's words stay out, as they do of the audit log. */
const withoutNumbers = (asker: Caller): Caller =>
  asker.revealBecause === undefined ? asker : { ...asker, revealBecause: numbersLeftOut(asker.revealBecause) };
