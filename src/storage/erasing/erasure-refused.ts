/** Why somebody cannot be erased now. Stable: operators go by it. */
export const ERASURE_REFUSALS = {
  TAKING_IN: ['正在接收名单，请稍后再试', 'a list is being taken in; try again when it is done'],
  DECIDING: ['正在核定或比对全体人员，请稍后再试', 'everybody is being decided or compared; try again when it is done'],
  UNFINISHED: [
    '有尚未接收完的报送列有此人，须先接收、放行或撤回',
    'submissions that are not taken in name them: let these be taken in, released or withdrawn first',
  ],
  TOLD_APART: [
    '该号码下另有他人的申报（一号多人认定仍有效），须先由部门更正并撤销认定',
    'a settlement that stands says that another person is told of under their number: have the rows corrected and it undone first',
  ],
} as const satisfies Record<string, readonly [zh: string, en: string]>;

/** Thrown where somebody cannot be erased now; nothing is. */
export class ErasureRefused extends Error {
  readonly code: keyof typeof ERASURE_REFUSALS;
  /** Ids of what stands in the way. */
  readonly of: readonly string[];

  constructor(code: keyof typeof ERASURE_REFUSALS, of: readonly string[] = []) {
    const [zh, en] = ERASURE_REFUSALS[code];
    super([`${code}: ${zh} / ${en}`, ...of].join('\n'));
    this.name = 'ErasureRefused';
    this.code = code;
    this.of = of;
  }
}
