/**
 * The closed vocabularies of claims: who speaks (agencies), on which lists, and the words that lists use.
 * Each word carries its official Chinese name; the GraphQL descriptions and the row messages are made from these.
 */

/** Agencies by the office they hold in a jurisdiction. */
export const AGENCIES = {
  'medical-insurance': '医保局',
  tax: '税务局',
  finance: '财政局',
  'civil-affairs': '民政局',
  'rural-affairs': '农业农村局（乡村振兴局）',
  'disabled-federation': '残联',
  health: '卫健局',
  'public-security': '公安局',
  education: '教育局',
  veterans: '退役军人事务局',
  'human-resources': '人社局',
  justice: '司法局',
  organization: '组织部',
  statistics: '统计局',
  town: '镇（街道）',
  village: '村（社区）',
} as const;
/** The office an agency holds: `civil-affairs` 民政局 and so on. */
export type Agency = keyof typeof AGENCIES;

/** The lists that agencies push, with their Chinese names. */
export const LISTS = {
  deaths: '死亡人员名单',
  births: '出生人员名单',
  registrations: '参保登记名单',
  hardship: '困难人员名单',
  disability: '残疾人名单',
  students: '在校学生名单',
  enrolments: '参保关系名单',
  payments: '缴费名单',
  'refund-applications': '退费申请名单',
  'life-events': '服役服刑等事件名单',
  'migrant-workers': '外出务工人员名单',
  residents: '户籍和居住证人员名单',
} as const;
/** The name of a list, as in scopes (`list:deaths:push`) and jurisdiction files. */
export type ListName = keyof typeof LISTS;

/** Identities that a policy can subsidise or count (catalogue §0.2), with their official names. */
export const CATEGORIES = {
  EXTREME_POVERTY: '特困人员',
  ORPHAN: '孤儿',
  UNATTENDED_CHILD: '事实无人抚养儿童',
  WELFARE_INSTITUTION_CHILD: '儿童福利机构收留抚养儿童',
  SUBSISTENCE_ALLOWANCE: '低保对象',
  SUBSISTENCE_ALLOWANCE_MARGIN: '低保边缘家庭成员',
  FALLEN_INTO_POVERTY: '返贫致贫人口',
  MONITORED_UNSTABLE: '脱贫不稳定人口',
  MONITORED_AT_RISK: '边缘易致贫人口',
  MONITORED_SUDDEN_HARDSHIP: '突发严重困难人口',
  LIFTED_FROM_POVERTY: '稳定（其他）脱贫人口',
  SEVERE_DISABILITY: '重度残疾人（一、二级）',
  MODERATE_DISABILITY: '三级、四级残疾人',
  HARDSHIP_VETERAN: '困难退役军人',
  FAMILY_PLANNING: '计划生育资助对象',
  ENTITLED_GROUP: '重点优抚对象',
  ARMED_POLICE_STIPEND: '享受定补的老武警',
  VILLAGE_OFFICER: '村“两委”干部',
} as const;
/** An identity that a policy can subsidise or count. */
export type Category = keyof typeof CATEGORIES;

/** Kinds of identity document, with their Chinese names (national.md §10 and §12). */
export const ID_TYPES = {
  RESIDENT_ID: '居民身份证（公民身份号码）',
  RESIDENCE_PERMIT_HMT: '港澳台居民居住证',
  HM_TRAVEL_PERMIT: '港澳居民来往内地通行证',
  FOREIGN_PERMANENT_RESIDENT: '外国人永久居留身份证',
  PASSPORT: '普通护照',
  BIRTH_CERTIFICATE: '出生医学证明',
  DISABILITY_CERTIFICATE: '残疾人证',
} as const;
/** A kind of identity document. */
export type IdType = keyof typeof ID_TYPES;

/** Kinds of disability (GB/T 26341-2010), in the order of their one-digit codes 1 to 7. */
export const DISABILITY_TYPES = {
  VISUAL: '视力',
  HEARING: '听力',
  SPEECH: '言语',
  LIMB: '肢体',
  INTELLECTUAL: '智力',
  MENTAL: '精神',
  MULTIPLE: '多重',
} as const;
/** A kind of disability. */
export type DisabilityType = keyof typeof DISABILITY_TYPES;

/** The category that a disability level falls under: levels 1 and 2 are severe (重度, GB/T 26341-2010), 3 and 4 are not. */
export const disabilityCategory = (level: number): Category =>
  level <= 2 ? 'SEVERE_DISABILITY' : 'MODERATE_DISABILITY';

/** Stages of schooling. */
export const STUDENT_STAGES = {
  KINDERGARTEN: '幼儿园',
  PRIMARY: '小学',
  JUNIOR: '初中',
  SENIOR: '高中',
  VOCATIONAL: '中等职业学校（中专）',
  COLLEGE: '大专院校',
} as const;
/** A stage of schooling. */
export type StudentStage = keyof typeof STUDENT_STAGES;

/** Basic medical insurance schemes. */
export const SCHEMES = { RESIDENT: '城乡居民基本医疗保险', EMPLOYEE: '职工基本医疗保险' } as const;
/** A basic medical insurance scheme. */
export type Scheme = keyof typeof SCHEMES;

/** Why an enrolment ended. */
export const ENROLMENT_END_CAUSES = {
  EMPLOYMENT_ENDED: '劳动关系终止',
  VOLUNTARY: '本人自愿停保',
  OTHER: '其他',
} as const;
/** Why an enrolment ended. */
export type EnrolmentEndCause = keyof typeof ENROLMENT_END_CAUSES;

/** Ways in which a premium is paid. */
export const PAYMENT_CHANNELS = {
  ONLINE: '网上缴费',
  AGENT: '代办员代征',
  TAX_OFFICE: '税务征收（办税服务厅）',
  CASH_DESK: '现金缴费处',
  SCHOOL: '学校代收',
} as const;
/** A way in which a premium is paid. */
export type PaymentChannel = keyof typeof PAYMENT_CHANNELS;

/** Causes for which a refund is asked. */
export const REFUND_CAUSES = {
  DEATH: '死亡',
  MILITARY_SERVICE: '服役',
  IMPRISONMENT: '服刑',
  DUPLICATE_PAYMENT: '重复缴费',
  EMPLOYEE_INSURANCE: '参加职工医保',
  OTHER_REGION: '参加其他统筹地区居民医保',
  NEWBORN_PAID_BOTH_YEARS: '新生儿两个年度均已缴费',
} as const;
/** A cause for which a refund is asked. */
export type RefundCause = keyof typeof REFUND_CAUSES;

/** Events in a life that change how a policy treats a person. */
export const LIFE_EVENTS = {
  ENLISTED: '入伍',
  DISCHARGED: '退出现役',
  CONSCRIPT_RETURNED: '征兵工作退回',
  IMPRISONED: '服刑',
  RELEASED: '刑满释放',
  COMMUNITY_CORRECTION: '社区矫正',
  ADMITTED_TO_CHILDRENS_HOME: '进入儿童福利机构',
} as const;
/** A kind of life event. */
export type LifeEventKind = keyof typeof LIFE_EVENTS;

/** Ways in which a person is registered at a place. */
export const REGISTRATIONS = { HUKOU: '户籍', RESIDENCE_PERMIT: '居住证' } as const;
/** A way in which a person is registered at a place. */
export type ResidentRegistration = keyof typeof REGISTRATIONS;

/** How a row changes its list. */
export const ROW_CHANGES = { ADD: '新增', REMOVE: '减少', CORRECT: '更正' } as const;
/** How a row changes its list. */
export type RowChange = keyof typeof ROW_CHANGES;

/** Funds that bear a subsidy. */
export const FUND_SOURCES = {
  MEDICAL_ASSISTANCE: '医疗救助',
  DISABLED_EMPLOYMENT_FUND: '残疾人就业保障金',
  DISABLED_FEDERATION: '残联',
  COUNTY_FINANCE: '县（区）财政',
  RURAL_AFFAIRS: '农业农村局',
} as const;
/** A fund that bears a subsidy. */
export type FundSource = keyof typeof FUND_SOURCES;
