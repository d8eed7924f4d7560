import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { MARK_HEADING } from '../../domain/intake/headings.ts';
import type { HubContext } from '../../subgraphs/context.ts';
import { toldRefusal } from '../error-answer.ts';
import { recorded, type RequestRecords } from '../request-records.ts';
import { withRevealReason } from '../reveal-reason.ts';
import { fileMark } from './file-mark.ts';
import type { GivenFile } from './file-routes.ts';
import { guardText } from './formula-guard.ts';

/** What the file of a comparison's persons is made of. */
export interface ComparisonFileParts {
  readonly comparedPersons: HubContext['flows']['comparedPersons'];
  readonly records: RequestRecords;
  readonly clock: { now(): Date };
}

type Persons = Extract<Awaited<ReturnType<ComparisonFileParts['comparedPersons']>>, { readonly ok: true }>['value'];
type Person = Persons extends AsyncIterable<infer P> ? P : never;
type Terms = Person['before'];

const PIECE = 65_536;

/**
 * `/comparisons/<id>/persons.csv?purpose=<purpose>`: the persons whom the two packs of one of the agency's own comparisons do not decide
 * alike. Written as it is read, UTF-8 with a byte order mark, every cell quoted and safe from formulas, with whose file it is.
 */
export function comparisonFile({ comparedPersons, records, clock }: ComparisonFileParts): GivenFile {
  return {
    kind: 'persons.csv',
    path: '/comparisons/:id/persons.csv',
    send: async ({ request, response }, caller, { id, purpose }) => {
      const persons = await recorded(caller, records, async () => {
        // A link has its asker's own reason, in whose name it is opened.
        const asker = caller.revealBecause === undefined ? withRevealReason(caller, request) : caller;
        const answer = await comparedPersons(id, purpose, asker);
        if (!answer.ok) throw toldRefusal(answer.refusal);
        return answer.value;
      });
      response.writeHead(200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="comparison-${id}-persons.csv"`,
      });
      const file = Readable.from(pieces(persons, fileMark(caller, clock.now())), { objectMode: false });
      await pipeline(file, response).catch((error: NodeJS.ErrnoException) => {
        // Whoever stops reading has read enough.
        if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
      });
    },
  };
}

/** What the file tells of a person's terms, under the one pack and under the other. */
const TERMS: readonly (readonly [heading: string, cell: (terms: Terms) => string])[] = [
  ['身份类别', ({ category }) => category ?? ''],
  ['资金来源', ({ fundedBy }) => fundedBy ?? ''],
  ['资助金额', ({ subsidy }) => yuan(subsidy)],
  ['个人应缴', ({ payable }) => yuan(payable)],
  ['退费结论', ({ refund }) => refund?.decision ?? ''],
  ['退费金额', ({ refund }) => (refund ? yuan(refund.amount) : '')],
  ['待遇期', ({ periods }) => periods.map(({ from, to }) => `${from}..${to}`).join(' ')],
  ['待核事项', ({ review }) => review.join(' ')],
];

const HEADINGS: readonly string[] = [
  ...['人员编号', '证件号码', '姓名', '影响', '新增待核'],
  ...TERMS.map(([heading]) => `${heading}（现行）`),
  ...TERMS.map(([heading]) => `${heading}（改动后）`),
  '相关规则',
  MARK_HEADING,
];

const EFFECTS: Readonly<Record<Person['effect'], string>> = { GAINS: '受益', LOSES: '受损', SAME: '持平' };

async function* pieces(persons: Persons, mark: string): AsyncGenerator<string> {
  let piece = `\uFEFF${lineOf(HEADINGS)}`;
  for await (const person of persons) {
    piece += lineOf([
      ...[
        person.person,
        person.idNumber,
        person.name ?? '',
        EFFECTS[person.effect],
        person.newlyInReview ? '是' : '否',
      ],
      ...TERMS.map(([, cell]) => cell(person.before)),
      ...TERMS.map(([, cell]) => cell(person.after)),
      person.rules.join(' '),
      mark,
    ]);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

const lineOf = (cells: readonly string[]): string =>
  `${cells.map((cell) => (cell === '' ? '' : `"${guardText(cell).replaceAll('"', '""')}"`)).join(',')}\r\n`;

const yuan = (fen: number): string => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
