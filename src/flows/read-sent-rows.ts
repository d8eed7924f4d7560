import type { Jurisdiction } from '../domain/access/caller.ts';
import type { RawRow } from '../domain/intake/list-definition.ts';
import { isTextFormat } from '../domain/intake/submission.ts';
import { textCellReader } from '../domain/intake/text-cells.ts';
import { isPlaceholderNumber } from '../domain/identity/placeholder-numbers.ts';
import { dayInShanghai } from '../domain/time/plain-date.ts';
import { getList } from '../lists/registry.ts';
import { checkWhole } from './judge-row.ts';
import type { SubjectKeys } from './ports.ts';
import type { SentRowReader } from './ports-erasing.ts';

/** Reads rows as sent once more by the lists' own rules, a jurisdiction's placeholders and the subject keys. */
export function sentRowReader(
  { placeholderNumbers }: Pick<Jurisdiction, 'placeholderNumbers'>,
  keys: Pick<SubjectKeys, 'find'>,
): SentRowReader {
  return {
    columnsOf: (list) => getList(list).columns,
    subjectsOf: async ({ agency, list: name, format, receivedAt }, rows) => {
      const list = getList(name);
      const today = dayInShanghai(receivedAt);
      const terms = { list, agency, today, placeholderNumbers, keysOf: keys.find };
      const read = isTextFormat(format) ? rows.map(textCellReader(list.columns)) : rows;
      const judged = await checkWhole(read, 0, terms);
      // A number whose kind is told wrongly is rejected, and yet tells of its owner or of whoever is held apart under it.
      const byShape = await checkWhole(read.map(withoutKind), 0, terms);
      return judged.rows.map(({ subjectKey }, place) => subjectKey ?? byShape.rows[place]!.subjectKey);
    },
    ownerOf: async (document) => {
      if (isPlaceholderNumber(document.idNumber, placeholderNumbers)) return null;
      return (await keys.find(() => [document])).keyOf(document);
    },
  };
}

const withoutKind = ({ idType: _idType, ...row }: RawRow): RawRow => row;
