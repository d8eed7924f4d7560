import { readReasons, type ReasonGiven } from '../../storage/audit-reasons.ts';
import type { Database } from '../../storage/database.ts';

/** Entries that are read at once. */
const AT_ONCE = 500;

/**
 * Tells the entries of a log that say in words why, each on a line: place, instant, client, operator, request, act, person, words. Where
 * the person's key was destroyed it tells so instead of the words.
 *
 * @param request to tell those of one request alone
 * @return how many
 */
export async function tellReasons(
  { walled }: Pick<Database, 'walled'>,
  log: string,
  request: string | undefined,
  tell: (line: string) => void,
): Promise<number> {
  const inside = walled.of(log);
  let [told, after] = [0, -1];
  for (;;) {
    const given = await readReasons(inside, log, request ?? null, after, AT_ONCE);
    const last = given.at(-1);
    if (!last) return told;
    for (const one of given) tell(lineOf(one));
    told += given.length;
    after = last.sequence;
  }
}

function lineOf({ sequence, entry, reason }: ReasonGiven): string {
  const { at, actor, request, act, person } = entry;
  // As JSON: words of somebody's own must begin no line and colour no terminal.
  const words =
    reason === 'ERASED' ? '已删除，密钥已销毁 / erased, the key is destroyed' : JSON.stringify(reason?.words);
  return [sequence, at.toISOString(), actor.client, actor.operator ?? '-', request, act, person ?? '-', words].join(
    '\t',
  );
}
