import { ACCESS_RULES, type AccessRule } from '../../domain/access/access-rules.ts';
import { PURPOSES, scopesOf, type AgencyGrant, type Jurisdiction } from '../../domain/access/caller.ts';
import { AGENCIES, LISTS, type Agency, type ListName } from '../../domain/intake/words.ts';
import { ROOT_RULES, TYPE_RULES, type FieldRule, type ShownBy } from '../../subgraphs/field-rules.ts';

/** `docs/access.md`: who may see and do what, as a person can read it, made of the rules by which the hub decides. */
export function accessDocument(jurisdictions: readonly Jurisdiction[]): string {
  return `${[
    '# 谁可以看什么、做什么 / Who may see what',
    '本页由 `npm run schema` 依判定所用的同一份规则生成，不手工修改；过期时测试不通过。Made by `npm run schema` of the very rules that decide; not to be edited. Why it is so: [ADR 19](adr/0019-who-may-see-what.md).',
    '一次访问须同时满足：统筹区文件所授（grant）、令牌权限（scope）、写明并获授的用途（purpose）；缺一即拒。令牌只能缩小授权。Everything is denied unless the grant in the jurisdiction’s file, the token’s scopes and the purpose all allow it; a token narrows a grant, it never widens one.',
    '## 1. 规则 / Rules',
    table(['规则 rule', '允许 allows', '令牌权限 scopes', '授权 grant', '用途 purpose'], Object.entries(ACCESS_RULES).map(ruleRow)),
    `用途 purposes: ${Object.entries(PURPOSES).map(([name, zh]) => `\`${name}\` ${zh}`).join('、')}。\`CARRIED\`：沿用读人时写明的用途 / goes on from where the person was read.`,
    '## 2. 操作 / Operations',
    '另一部门的报送、任务、比对与不存在的一样：null 或 NOT_FOUND。Another agency’s submission, task or comparison is answered like one that is not there.',
    table(['操作 operation', '规则 rule', '令牌权限 scopes', '授权 grant', '用途 purpose'], Object.entries(ROOT_RULES).map(rootRow)),
    '## 3. 涉及个人的字段 / Fields that tell of somebody',
    '未列出的字段随上级。`***` 默认脱敏（姓名留首字，号码前 3 后 4，出生医学证明全遮），凭 `REVEAL` 规则和理由（请求头 `reveal-reason`）可见全文。Fields that are not listed go with their parent. `***`: masked (of names the first character, of numbers the first 3 and last 4, of birth certificates nothing), whole by the rule `REVEAL`.',
    table(['类型 type', '字段 field', '何时可见 shown', '否则 otherwise'], Object.entries(TYPE_RULES).flatMap(typeRows)),
    '## 4. 各部门 / Agencies',
    '报送的退回行按原样发还给报送部门，不脱敏。Rejected rows go back to who sent them, as they were sent.',
    ...jurisdictions.toSorted((a, b) => (a.id < b.id ? -1 : 1)).flatMap(jurisdictionPart),
  ].join('\n\n')}\n`;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const code = (text: string): string => `\`${text}\``;

const scopesText = ({ scopes }: AccessRule, list?: ListName): string =>
  scopes.length === 0
    ? '任何令牌 any token'
    : scopes.map((set) => set.map((scope) => code(list ? scope.replace('<list>', list) : scope)).join(' + ')).join(' / ');

const grantText = ({ grant }: AccessRule, list?: ListName): string =>
  grant === null ? '—' : code(list ? grant.written.replace('<list>', list) : grant.written);

const purposeText = ({ purpose }: AccessRule): string => (purpose === 'NONE' ? '—' : purpose);

const ruleRow = ([name, rule]: [string, AccessRule]): string[] => [
  code(name),
  `${rule.zh} ${rule.en}`,
  scopesText(rule),
  grantText(rule),
  purposeText(rule),
];

const rootRow = ([field, { rule, list }]: [string, FieldRule]): string[] => {
  const of: AccessRule = ACCESS_RULES[rule];
  return [code(field), code(rule), scopesText(of, list), grantText(of, list), purposeText(of)];
};

const OTHERWISE = { FORBIDDEN: 'null + FORBIDDEN', NULL: 'null', EMPTY: '[]' } as const;

const shownText = (shown: Exclude<ShownBy, 'PARENT'>): readonly [string, string] => {
  if (shown === 'MASKED') return ['总是 always', '***'];
  if (shown === 'IN_TENS') return ['凭 `REVEAL` 精确 exactly by `REVEAL`', '整十，不足 10 人 null / full tens, null below ten'];
  if (shown === 'GRANTED_LISTS') return ['只含获准名单所说 what granted lists say', '略去 left out'];
  if ('needs' in shown) return [`${code(shown.needs)} ${LISTS[shown.needs]} 获准 granted`, OTHERWISE[shown.otherwise]];
  return [code(shown.rule), OTHERWISE[shown.otherwise]];
};

function typeRows([type, rules]: [string, (typeof TYPE_RULES)[string]]): string[][] {
  if (rules === 'NOBODY') return [];
  return Object.entries(rules).flatMap(([field, shown]) =>
    shown === 'PARENT' ? [] : [[code(type), code(field), ...shownText(shown)]],
  );
}

function jurisdictionPart({ id, name, agencies }: Jurisdiction): string[] {
  const rows = (Object.entries(agencies) as [Agency, AgencyGrant][]).map(agencyRow);
  const head = ['部门 agency', '报送 pushes', '用途 purposes', '可知 knows', '名单 lists', '另可 besides', '核查 reviews', '令牌权限 scopes'];
  return [`### ${id} ${name}`, table(head, rows)];
}

const words = (list: readonly string[]): string => (list.length === 0 ? '—' : list.map(code).join(' '));

function agencyRow([agency, grant]: [Agency, AgencyGrant]): string[] {
  const { reads, reviews } = grant;
  const pushes = Object.entries(grant.pushes).map(([list, { categories }]) => (categories ? `${list} (${categories.length})` : list));
  const besides = (['benefit', 'search', 'unenrolled', 'changes', 'whoLooked', 'reveal', 'emergency'] as const).filter((what) => reads?.[what]);
  const scopes = scopesOf(grant).filter((scope) => !scope.startsWith('list:'));
  return [
    `${code(agency)} ${AGENCIES[agency]}${grant.dpop ? ' (DPoP)' : ''}${grant.signature ? ' (签名 signed)' : ''}`,
    words(pushes),
    words(reads?.purposes ?? []),
    reads?.knows ?? '—',
    reads?.lists === 'ALL' ? 'ALL' : words(reads?.lists ?? []),
    words(besides),
    reviews ? `${reviews.sees}${reviews.settles ? '，认定 settles' : ''}` : '—',
    words(scopes),
  ];
}
