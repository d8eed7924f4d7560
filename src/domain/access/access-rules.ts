import type { ListName } from '../intake/words.ts';
import type { AgencyGrant, Caller, Jurisdiction, Purpose, Scope } from './caller.ts';
import { granted, refused, type Answer } from './refusal.ts';

/** What a rule is applied to, where it is not the same for every use. */
export interface RuleUse {
  /** The list that is pushed or answered for. */
  readonly list?: ListName;
  /** Why persons are read; `null` where nobody says why. */
  readonly purpose?: Purpose | null;
}

/** One rule of who may do what, as data: decided by {@link decideByRule} alone, shown in `docs/access.md`, declared by the graph's fields. */
export interface AccessRule {
  /** What it allows, for people. */
  readonly zh: string;
  readonly en: string;
  /** Any one of these sets of scopes; `list:<list>:push` is that of the list in question. None at all: any token. */
  readonly scopes: readonly (readonly (Scope | 'list:<list>:push')[])[];
  /** What the jurisdiction's file must grant the agency; `null`: nothing. */
  readonly grant: GrantCondition | null;
  /** `NAMED`: the question names a granted purpose. `CARRIED`: it goes on from where the person was read. `NONE`: none is named: nobody is read, or in an emergency. */
  readonly purpose: 'NAMED' | 'CARRIED' | 'NONE';
  /** What is told to who may not. */
  readonly refusal: readonly [zh: string, en: string];
}

/** A condition on a grant, and how the jurisdiction's file writes it. */
interface GrantCondition {
  readonly written: string;
  holds(grant: AgencyGrant, list: ListName | undefined): boolean;
}

const on = (written: string, holds: GrantCondition['holds']): GrantCondition => ({ written, holds });

const pushesSome = on('pushes.*', ({ pushes }) => Object.keys(pushes).length > 0);
const pushesList = on('pushes.<list>', ({ pushes }, list) => list !== undefined && pushes[list] !== undefined);
const reviews = on('reviews', (grant) => grant.reviews !== undefined);

const UNRELATED_PUSH = ['未获准处理该报送', 'Handling this submission is not granted'] as const;
const NO_BENEFIT = ['未获准查询待遇核定结果', 'Reading benefit decisions is not granted'] as const;
const NO_REVIEW = ['未获准办理身份核查', 'Handling reviews is not granted'] as const;

/** Every rule of the hub. */
export const ACCESS_RULES = {
  ANY_TOKEN: {
    zh: '公开的政策、名单的列和用语',
    en: 'policies and the columns of lists, which are no secrets',
    scopes: [],
    grant: null,
    purpose: 'NONE',
    refusal: ['未获准', 'Not granted'],
  },
  PUSH_LIST: {
    zh: '报送名单，限所授身份类别',
    en: 'push the list, within the categories granted',
    scopes: [['list:<list>:push']],
    grant: pushesList,
    purpose: 'NONE',
    refusal: ['未获准报送该名单', 'Pushing this list is not granted'],
  },
  TAKE_BACK: {
    zh: '撤回、重新处理本部门的报送（其名单须仍获准报送）',
    en: 'take back or drive again an own push, whose list must still be granted',
    scopes: [['list:<list>:push']],
    grant: pushesSome,
    purpose: 'NONE',
    refusal: UNRELATED_PUSH,
  },
  RELEASE: {
    zh: '放行本部门被扣下的报送，须为报送人以外的经办人',
    en: 'release an own push that is held, as a named person other than who pushed it',
    scopes: [['submission:release']],
    grant: pushesSome,
    purpose: 'NONE',
    refusal: UNRELATED_PUSH,
  },
  READ_SUBMISSIONS: {
    zh: '查本部门的报送及其处理情况',
    en: 'read what became of its own pushes',
    scopes: [['submission:read']],
    grant: pushesSome,
    purpose: 'NONE',
    refusal: ['未获准查询报送记录', 'Reading submissions is not granted'],
  },
  READ_PERSONS: {
    zh: '查人：knows 定可查谁，lists 定可见哪些名单',
    en: 'read persons: of whom, says `knows`; which lists of them, says `lists`',
    scopes: [['person:read']],
    grant: on('reads', ({ reads }) => reads !== undefined),
    purpose: 'NAMED',
    refusal: ['未获准为此目的查询人员信息', 'Reading persons for this purpose is not granted'],
  },
  READ_HOUSEHOLDS: {
    zh: '查户：须可见户籍名单',
    en: 'read households, for whoever sees the residents list',
    scopes: [['person:read']],
    grant: on(
      'reads.lists: residents',
      ({ reads }) => reads?.lists === 'ALL' || reads?.lists.includes('residents') === true,
    ),
    purpose: 'NAMED',
    refusal: ['未获准查询户籍登记', 'Reading the residents list is not granted'],
  },
  SEARCH_PEOPLE: {
    zh: '不凭号码检索人员',
    en: 'find people without their numbers',
    scopes: [['person:read', 'person:search']],
    grant: on('reads.search', ({ reads }) => reads?.search === true),
    purpose: 'NAMED',
    refusal: ['未获准检索人员', 'Searching people is not granted'],
  },
  LIST_UNENROLLED: {
    zh: '应参未参名单：只给须去动员的单位',
    en: 'who is not enrolled: for the unit that must act only',
    scopes: [['person:read', 'benefit:read']],
    grant: on('reads.unenrolled and reads.benefit', ({ reads }) => reads?.unenrolled === true && reads.benefit),
    purpose: 'CARRIED',
    refusal: ['未获准查询应参未参人员', 'Asking who is not enrolled is not granted'],
  },
  REVEAL: {
    zh: '姓名、号码不脱敏，人数和金额精确：请求须说明理由（请求头 reveal-reason）',
    en: 'names and numbers unmasked, and figures over people exact, where the request says why (header `reveal-reason`)',
    scopes: [['person:reveal']],
    grant: on('reads.reveal', ({ reads }) => reads?.reveal === true),
    purpose: 'CARRIED',
    refusal: [
      '未获准查看完整姓名和号码，或未说明理由',
      'Seeing whole names and numbers is not granted, or no reason was given',
    ],
  },
  READ_BENEFIT: {
    zh: '查政策包对所查人员的核定',
    en: 'what a pack decides of a person who was read',
    scopes: [['benefit:read']],
    grant: on('reads.benefit', ({ reads }) => reads?.benefit === true),
    purpose: 'CARRIED',
    refusal: NO_BENEFIT,
  },
  COUNT_EVERYBODY: {
    zh: '全体人员的核定汇总和政策比对（不指名；未按 REVEAL 规则说明理由的，人数按整十、不足 10 人不显示）',
    en: 'figures over everybody, and packs held against each other, nobody named; in full tens, none below ten, unless `REVEAL` lets in',
    scopes: [['benefit:read']],
    grant: on(
      'reads.benefit and reads.knows: EVERYBODY',
      ({ reads }) => reads?.benefit === true && reads.knows === 'EVERYBODY',
    ),
    purpose: 'NONE',
    refusal: ['未获准查询全体人员的核定汇总', 'Counting everybody is not granted'],
  },
  USE_EMERGENCY: {
    zh: '应急查询：一人申请、同部门另一人批准，至多一小时、20 个号码；申请人凭号码查人，用途为 EMERGENCY',
    en: 'emergencies: asked for by one person, approved by a second of the agency, an hour and 20 numbers at most; who asked looks people up by number, for EMERGENCY',
    scopes: [['person:read', 'person:emergency']],
    grant: on('reads.emergency', ({ reads }) => reads?.emergency === true),
    purpose: 'NONE',
    refusal: ['没有有效的应急查询授权', 'There is no open emergency that allows it'],
  },
  READ_CHANGES: {
    zh: '查核定结果的变动',
    en: 'read how decisions changed',
    scopes: [['change:read']],
    grant: on('reads.changes and reads.benefit', ({ reads }) => reads?.changes === true && reads.benefit),
    purpose: 'NAMED',
    refusal: ['未获准查询核定结果变动', 'Reading changes of decisions is not granted'],
  },
  WHO_LOOKED: {
    zh: '为本人查谁查过其信息',
    en: 'read who looked at a person, to tell them',
    scopes: [['person:read', 'audit:read']],
    grant: on('reads.whoLooked', ({ reads }) => reads?.whoLooked === true),
    purpose: 'NAMED',
    refusal: ['未获准查询访问记录', 'Reading who looked is not granted'],
  },
  READ_REVIEWS: {
    zh: '看身份核查任务和校核申请：sees 定全部或只涉及本部门所报之人',
    en: 'see tasks of identity and requests to correct: all, or those about its own people, says `sees`',
    scopes: [['review:read']],
    grant: reviews,
    purpose: 'NONE',
    refusal: NO_REVIEW,
  },
  SETTLE_REVIEWS: {
    zh: '作身份认定，须指明经办人；涉及金额须另一人复核',
    en: 'settle tasks as a named person; what moves money takes a second one',
    scopes: [['review:read', 'review:settle']],
    grant: on('reviews.settles', (grant) => grant.reviews?.settles === true),
    purpose: 'NONE',
    refusal: NO_REVIEW,
  },
  ASK_CORRECTION: {
    zh: '提出数据校核申请，限其可知之人、可见之行',
    en: 'ask for a row to be corrected that it sees, of a person of whom it may know',
    scopes: [['review:read', 'person:read']],
    grant: on('reviews and reads', (grant) => grant.reviews !== undefined && grant.reads !== undefined),
    purpose: 'NONE',
    refusal: NO_REVIEW,
  },
  ANSWER_CORRECTION: {
    zh: '以名单所属部门答复校核申请，须指明经办人',
    en: 'answer requests about rows of a list that it may push, as a named person',
    scopes: [['review:read']],
    grant: reviews,
    purpose: 'NONE',
    refusal: NO_REVIEW,
  },
} as const satisfies Record<string, AccessRule>;

/** The name of a rule. */
export type RuleName = keyof typeof ACCESS_RULES;

/** Who was let in by a rule, and by which grant. */
export interface Granted {
  readonly caller: Caller;
  readonly jurisdiction: Jurisdiction;
  readonly grant: AgencyGrant;
}

/**
 * Does a rule let the caller in? Denied unless the jurisdiction's file grants it AND the token carries a set of its scopes: a token
 * narrows a grant, it never widens one.
 *
 * @param own the caller's jurisdiction as it stands now; `undefined` where the hub does not serve it
 */
export function decideByRule(
  name: RuleName,
  caller: Caller | null,
  own: Jurisdiction | undefined,
  { list, purpose = null }: RuleUse = {},
): Answer<Granted> {
  if (!caller) return refused('UNAUTHENTICATED', '缺少有效的访问令牌', 'A valid access token is needed');
  const rule: AccessRule = ACCESS_RULES[name];
  const grant = own?.id === caller.jurisdiction ? own.agencies[caller.agency] : undefined;
  const isGranted =
    own !== undefined &&
    grant !== undefined &&
    (rule.grant === null || rule.grant.holds(grant, list)) &&
    (rule.purpose !== 'NAMED' || (isGrantable(purpose) && grant.reads?.purposes.includes(purpose) === true));
  if (!isGranted || !hasScopes(rule, caller, list, grant)) return refused('FORBIDDEN', ...rule.refusal);
  return granted({ caller, jurisdiction: own, grant });
}

/** Is it a purpose that a jurisdiction's file can grant? Emergencies are opened one by one. */
const isGrantable = (purpose: Purpose | null): purpose is Purpose => purpose !== null && purpose !== 'EMERGENCY';

/** `list:<list>:push` without a list in question is that of any list which the agency is granted. */
function hasScopes(
  { scopes }: AccessRule,
  caller: Caller,
  list: ListName | undefined,
  { pushes }: AgencyGrant,
): boolean {
  const lists = list === undefined ? (Object.keys(pushes) as ListName[]) : [list];
  const has = (scope: string): boolean =>
    scope === 'list:<list>:push'
      ? lists.some((one) => caller.scopes.has(`list:${one}:push`))
      : caller.scopes.has(scope);
  return scopes.length === 0 || scopes.some((set) => set.every(has));
}
