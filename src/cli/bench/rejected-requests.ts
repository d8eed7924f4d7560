/** A request that the hub refuses, out of the security programme's section on abuse of the graph. */
export interface RejectedRequest {
  /** The number of the attack's line. */
  readonly line: number;
  readonly what: string;
  /** The body of one of many: no two are the same text, so that nothing is remembered of the one before. */
  body(time: number): string | Uint8Array<ArrayBuffer>;
  /** Other headers than those of JSON. */
  readonly headers?: Readonly<Record<string, string>>;
}

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');

const asking =
  (query: string, variables: object = {}): RejectedRequest['body'] =>
  (time) =>
    JSON.stringify({ query: `${query} # ${time}`, variables });

const raw =
  (text: string): RejectedRequest['body'] =>
  (time) =>
    `${text}${' '.repeat(time % 50)}`;

const withVariables = (text: string): string =>
  `{"query":"query Q($n: [String!]!) { people(idNumbers: $n, purpose: AUDIT) { id } }","variables":{"n":${text}}}`;

const nested = (levels: number, open: string, close: string, inside = ''): string =>
  `${open.repeat(levels)}${inside}${close.repeat(levels)}`;

const doubling = (levels: number): string =>
  `${times(levels, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F${levels} on Query { __typename }`;

const PERSON = 'person(idNumber: "1", purpose: AUDIT)';
const CLAIMS = 'claims { list agency validFrom validTo toldAt firstToldAt }';

const MANY_FIELDS = times(
  9,
  (i) =>
    `a${i}: ${PERSON} { id name birthDate sex householdNumber regionCode jurisdiction knownAt idNumber { masked } death { status diedOn } ${CLAIMS} }`,
);
const PACK = 'policyPack(jurisdiction: "1", policyYear: $x) { id }';
const LINES = '\n'.repeat(490);

/** Within every limit of documents, and refused all the same: for a mistake, a variable that is missing, or what it would cost. */
export const WITHIN_LIMITS: readonly (readonly [what: string, query: string])[] = [
  [
    'twice the same field with what is under it',
    `query Q($x: Int!) { lists { name } ${times(2, () => `${PERSON} { id name birthDate sex death { status } ${CLAIMS} provenance { value } }`)} ${PACK} }`,
  ],
  ['as many fields as there may be', `query Q($x: Int!) { ${MANY_FIELDS} ${PACK} }`],
  [
    'mistakes after as many fields and lines as there may be',
    `query Q($x: Int!) {${LINES} ${MANY_FIELDS} ${times(5, (i) => `persn${i}`)} ${PACK} }`,
  ],
  [
    'as many values as there may be',
    `query Q($x: Int!) { people(idNumbers: [${times(190, () => '"1"')}], purpose: AUDIT) { id } ${PACK} }`,
  ],
  ['as many variables as there may be', `query Q(${times(30, (i) => `$v${i}: Int!`)}) { lists { name } }`],
  [
    'variables of another type',
    `query Q(${times(18, (i) => `$v${i}: String`)}) {${LINES} ${times(18, (i) => `a${i}: policyPack(jurisdiction: "1", policyYear: $v${i}) { id }`)} }`,
  ],
  ['fields that are none', `{ lists {${LINES} ${times(240, (i) => `persn${i}`)} } }`],
  [
    'two fragments of the same',
    `query Q($x: Int!) { ${PERSON} { ...F0 ...F1 } ${PACK} } ${times(2, (i) => `fragment F${i} on Person { id name birthDate sex death { status } ${CLAIMS} }`)}`,
  ],
  [
    'pages of pages',
    `{ submissions(first: 200) { edges { node { id verdicts(first: 5000) { edges { node { row } } } } } } }`,
  ],
];

/** Every kind of attack of the section, most of them far beyond a limit, some of them within all. */
export function rejectedRequests(): readonly RejectedRequest[] {
  return [
    { line: 39, what: '10,000 aliases', body: asking(`{ ${times(10_000, (i) => `a${i}: __typename`)} }`) },
    { line: 40, what: '100,000 repeated fields', body: asking(`{ ${times(22_000, () => 'x{y}')} }`) },
    { line: 40, what: '4,000 repeated fields', body: asking(`{ ${times(4_000, () => 'p{x}')} }`) },
    { line: 40, what: '99 repeated fields', body: asking(`{ ${times(99, () => 'p{x}')} }`) },
    { line: 41, what: 'a batch of 1,000', body: raw(`[${times(999, () => '{"query":"{ lists { name } }"},')}{}]`) },
    { line: 42, what: 'seventeen levels', body: asking(`{ ${nested(16, 'lists {', '}', 'name')} }`) },
    { line: 43, what: 'thirty doubling fragments', body: asking(`{ ...F0 } ${doubling(30)}`) },
    { line: 43, what: 'nineteen doubling fragments', body: asking(`{ ...F0 } ${doubling(19)}`) },
    {
      line: 44,
      what: '200 × 100 fragments',
      body: asking(`{ ${times(200, () => `... on Query { ${times(9, () => '... on Query { x }')} }`)} }`),
    },
    { line: 45, what: '10,000 directives', body: asking(`{ lists ${times(10_000, () => '@a')} { name } }`) },
    {
      line: 45,
      what: 'fifty directives',
      body: asking(`{ lists ${times(50, () => '@skip(if: false)')} { name } }`),
    },
    { line: 46, what: '20,000 brackets', body: asking(`{ people(idNumbers: ${'['.repeat(18_000)}) { id } }`) },
    { line: 46, what: '390 brackets', body: asking(`{ people(idNumbers: ${nested(195, '[', ']')}) { id } }`) },
    { line: 47, what: '80,000 levels of variables', body: raw(withVariables(nested(80_000, '[', ']'))) },
    { line: 47, what: '2,500 values that do not fit', body: raw(withVariables(`[${times(2_480, () => '1,')}1]`)) },
    { line: 47, what: '50,000 values', body: raw(withVariables(`[${times(50_000, () => '1,')}1]`)) },
    { line: 47, what: '1,240 empty objects', body: raw(withVariables(`[${times(1_240, () => '{"a":{}},')}1]`)) },
    { line: 47, what: '2,500 numbers of persons', body: raw(withVariables(`[${times(2_480, (i) => `"${i}",`)}"1"]`)) },
    { line: 47, what: 'one long text', body: raw(withVariables(`["${'x'.repeat(158_000)}"]`)) },
    { line: 47, what: 'a text of 10 MB', body: raw(withVariables(`["${'x'.repeat(10_000_000)}"]`)) },
    { line: 48, what: 'a page of 10⁹', body: asking('{ submissions(first: 1000000000) { totalCount } }') },
    {
      line: 50,
      what: 'fields that are none after 18,000 lines',
      body: asking(`{ lists {${'\n'.repeat(18_000)} ${times(100, (i) => `persn${i}`)} } }`),
    },
    { line: 50, what: 'types that are none', body: asking(times(20, (i) => `fragment F${i} on Persn${i} { id }`)) },
    {
      line: 52,
      what: 'a form',
      body: raw('query={lists{name}}'),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    { line: 54, what: 'UTF-16', body: () => Uint8Array.from(Buffer.from('{"query":"{ lists { name } }"}', 'utf16le')) },
    {
      line: 55,
      what: 'a hash of another document',
      body: (time) =>
        JSON.stringify({
          query: `{ lists { name } } ${'#'.repeat(150_000)}${time}`,
          extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } },
        }),
    },
    {
      line: 55,
      what: 'an unknown hash',
      body: (time) =>
        JSON.stringify({
          extensions: { persistedQuery: { version: 1, sha256Hash: time.toString(16).padStart(64, '0') } },
        }),
    },
    {
      line: 56,
      what: 'an upload',
      body: raw(times(1_000, (i) => `--x\r\ncontent-disposition: form-data; name="${i}"\r\n\r\n1\r\n`)),
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    },
    {
      line: 57,
      what: 'events of a deep question',
      body: asking(`{ ${nested(30, 'lists {', '}', 'name')} }`),
      headers: { accept: 'text/event-stream' },
    },
    { line: 59, what: 'a reserved alias', body: asking('{ __proto__: lists { name } }') },
    {
      line: 44,
      what: 'a list of three hundred',
      body: asking(`{ people(idNumbers: [${times(300, () => '"1"')}], purpose: AUDIT) { id } }`),
    },
    {
      line: 44,
      what: 'three hundred variables',
      body: asking(`query Q(${times(300, (i) => `$v${i}: Int!`)}) { lists { name } }`),
    },
    ...WITHIN_LIMITS.map(([what, query]) => ({ line: 44, what, body: asking(query) })),
  ];
}
