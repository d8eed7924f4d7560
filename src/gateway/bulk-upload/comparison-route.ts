import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { HubContext } from '../../subgraphs/context.ts';
import type { Authenticate } from '../authenticate.ts';
import { RequestRefused, toldRefusal } from '../error-answer.ts';
import type { Route } from '../http-server.ts';
import { askingIn, recorded, type RequestRecords } from '../request-records.ts';
import { withRevealReason } from '../reveal-reason.ts';
import { guardText } from './formula-guard.ts';

/** What the door to the persons of a comparison is made of. */
export interface ComparisonRouteParts {
  readonly authenticate: Authenticate;
  readonly comparedPersons: HubContext['flows']['comparedPersons'];
  readonly records: RequestRecords;
}

type Persons = Extract<Awaited<ReturnType<ComparisonRouteParts['comparedPersons']>>, { readonly ok: true }>['value'];
type Person = Persons extends AsyncIterable<infer P> ? P : never;
type Terms = Person['before'];
type Purpose = Parameters<ComparisonRouteParts['comparedPersons']>[1];

const PIECE = 65_536;

/**
 * `GET /comparisons/<id>/persons.csv?purpose=<purpose>`: the persons whom the two packs of one of the agency's own comparisons do not decide alike.
 * Written as it is read, UTF-8 with a byte order mark, every cell quoted and safe from formulas.
 */
export function comparisonRoute({ authenticate, comparedPersons, records }: ComparisonRouteParts): Route {
  return {
    method: 'GET',
    path: '/comparisons/:id/persons.csv',
    handle: async ({ request, response, requestId, params, note }) => {
      const known = await authenticate(request);
      if (!known) throw new RequestRefused('UNAUTHENTICATED');
      const caller = askingIn(known, requestId, 'GET /comparisons/persons.csv');
      note({ client: caller.client });
      const persons = await recorded(caller, records, async () => {
        const asker = withRevealReason(caller, request);
        const answer = await comparedPersons(params['id']!, purposeOf(request), asker);
        if (!answer.ok) throw toldRefusal(answer.refusal);
        return answer.value;
      });
      response.writeHead(200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="comparison-${params['id']}-persons.csv"`,
      });
      await pipeline(Readable.from(pieces(persons), { objectMode: false }), response).catch(
        (error: NodeJS.ErrnoException) => {
          // Whoever stops reading has read enough.
          if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
        },
      );
    },
  };
}

/** What is no purpose at all is granted to nobody. */
const purposeOf = ({ url = '' }: IncomingMessage): Purpose =>
  new URLSearchParams(url.split('?', 2)[1]).get('purpose') as Purpose;

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
];

const EFFECTS: Readonly<Record<Person['effect'], string>> = { GAINS: '受益', LOSES: '受损', SAME: '持平' };

async function* pieces(persons: Persons): AsyncGenerator<string> {
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
