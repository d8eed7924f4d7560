import type { Claim } from '../../src/domain/claims/claim.ts';
import { canonicalContent } from '../../src/domain/claims/claims-from-row.ts';
import { planClaims, type ClaimPlan } from '../../src/domain/claims/plan-claims.ts';
import { checkRow } from '../../src/domain/intake/check-row.ts';
import type { ListMode, RawRow } from '../../src/domain/intake/list-definition.ts';
import type { ListName } from '../../src/domain/intake/words.ts';
import { dayInShanghai } from '../../src/domain/time/plain-date.ts';
import { getList } from '../../src/lists/registry.ts';

/** A push of one agency's list in a test of plans: rows and the day of receipt. */
export interface TestPush {
  readonly list: ListName;
  readonly rows: readonly RawRow[];
  readonly on: string;
  readonly mode?: ListMode;
}

let made = 0;

/** Plans a push over what stands; a subject's key is its number. */
export function planOf(standing: readonly Claim[], { list: name, rows, on, mode = 'DELTA' }: TestPush): ClaimPlan {
  const list = getList(name);
  const receivedAt = new Date(`${on}T10:00:00+08:00`);
  made += 1;
  return planClaims({
    list,
    rows: rows.map((raw, index) => {
      const row = checkRow(raw, index, list, dayInShanghai(receivedAt));
      return { ...row, subjectKey: row.subject?.idNumber ?? null };
    }),
    mode,
    standing,
    covered: new Set(mode === 'SNAPSHOT' ? standing.map(({ id }) => id) : []),
    jurisdiction: '130628',
    agency: 'civil-affairs',
    submission: `submission-${made}`,
    receivedAt,
    nextId: () => `claim-${(made += 1)}`,
  });
}

/** What stands once a plan is carried out. */
export function afterPlan(standing: readonly Claim[], plan: ClaimPlan): readonly Claim[] {
  const ended = new Set(plan.end.map(({ id }) => id));
  return [...standing.filter(({ id }) => !ended.has(id)), ...plan.add];
}

/** Carries out pushes one after the other. */
export function standingAfter(...pushes: readonly TestPush[]): readonly Claim[] {
  return pushes.reduce<readonly Claim[]>((standing, push) => afterPlan(standing, planOf(standing, push)), []);
}

/** What claims say and when that was first told, apart from ids and rows: one text a claim, in order. */
export function contents(claims: readonly Claim[]): readonly string[] {
  return claims
    .map((claim) => `${claim.subjectKey} ${claim.key} ${canonicalContent(claim)} ${claim.firstToldAt.toISOString()}`)
    .sort();
}
