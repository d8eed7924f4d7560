import type { FollowedSubmission } from './follow-work.ts';

/** Findings told of; the file of rejected rows has them all. */
const MOST_FINDINGS = 20;

const STATUS: Readonly<Record<string, string>> = {
  RECEIVED: '已接收 / taken in',
  DRY_RUN: '已试校验，未入库 / judged only, nothing was taken in',
  NEEDS_RELEASE: '待放行：须由本部门另一名工作人员放行 / held until a second person of the agency releases it',
  REFUSED: '整份未接收 / refused as a whole',
  FAILED: '处理失败，可重新处理 / the work broke off, it can be driven again',
  WITHDRAWN: '已撤回 / withdrawn',
};

/** What became of a push, as lines to print. */
export function reportLines(submission: FollowedSubmission): string[] {
  const { id, status, counts, changes, remarks, report } = submission;
  return [
    `${STATUS[status] ?? status}  ${id}`,
    `行数 / rows: ${counts.sent} = 接收 accepted ${counts.accepted} + 未变 unchanged ${counts.unchanged} + 提示 flagged ${counts.flagged} + 退回 rejected ${counts.rejected}`,
    `变化 / changes: 新增 added ${changes.added}，变更 changed ${changes.changed}，减少 dropped ${changes.dropped}，未变 unchanged ${changes.unchanged}`,
    ...remarks.map(({ code, zh, en }) => `! ${code}: ${zh} / ${en}`),
    ...report.slice(0, MOST_FINDINGS).map(findingLine),
    ...(report.length > MOST_FINDINGS ? [`… ${report.length - MOST_FINDINGS}`] : []),
  ];
}

function findingLine({ code, column, severity, zh, rows, examples }: FollowedSubmission['report'][number]): string {
  const kind = severity === 'REJECT' ? '退回' : '提示';
  return `  ${kind} ${code}${column === null ? '' : ` (${column})`} ×${rows}: ${zh}；如第 ${examples.join('、')} 行`;
}

/** 0: all taken in; 1: some rejected, or held; 2: refused or failed. */
export function exitCodeOf({ status, counts }: FollowedSubmission): 0 | 1 | 2 {
  if (status === 'NEEDS_RELEASE') return 1;
  if (status !== 'RECEIVED' && status !== 'DRY_RUN') return 2;
  return counts.rejected > 0 ? 1 : 0;
}
