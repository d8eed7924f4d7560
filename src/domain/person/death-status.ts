import { sourceOf, type Claim, type ClaimOf } from '../claims/claim.ts';
import type { Agency } from '../intake/words.ts';
import type { PlainDate } from '../time/plain-date.ts';
import type { DeathStatus } from './person-record.ts';
import { compareText, newestFirst } from './survivorship.ts';

/** Whose reports count towards a death, and how many of these agencies must name the same day. */
export interface DeathRule {
  readonly sources: readonly Agency[];
  readonly mustAgree: number;
}

const isDeath = (claim: Claim): claim is ClaimOf<'deaths'> => claim.list === 'deaths';

/** The listed agencies behind each day. An agency counts once a day, however many of its rows name it. */
function agenciesByDay(deaths: readonly ClaimOf<'deaths'>[], rule: DeathRule): Map<PlainDate, Set<Agency>> {
  const byDay = new Map<PlainDate, Set<Agency>>();
  for (const { agency, attributes } of deaths) {
    if (!rule.sources.includes(agency)) continue;
    byDay.set(attributes.diedOn, (byDay.get(attributes.diedOn) ?? new Set<Agency>()).add(agency));
  }
  return byDay;
}

function statusOf(reported: number, sources: number, agreedDays: number, rule: DeathRule): DeathStatus['status'] {
  if (reported === 0) return 'NOT_REPORTED';
  if (agreedDays === 1) return 'CONFIRMED';
  // Two days that are each agreed on leave the day as open as no agreement does.
  return sources >= rule.mustAgree && sources > 0 ? 'CONFLICTING' : 'REPORTED';
}

/**
 * Tells from the standing claims of one person whether they died. Agencies outside the rule's sources are shown among the
 * reports, but confirm nothing and contradict nothing. The order of the claims does not matter.
 *
 * @param claims standing claims of any list; only deaths are read
 * @param rule the jurisdiction's rule, or a policy pack's own
 */
export function deathStatus(claims: readonly Claim[], rule: DeathRule): DeathStatus {
  const deaths = claims.filter(isDeath);
  const byDay = agenciesByDay(deaths, rule);
  const agreed = [...byDay].filter(([, agencies]) => agencies.size >= rule.mustAgree).map(([day]) => day);
  const sources = new Set([...byDay.values()].flatMap((agencies) => [...agencies]));
  const status = statusOf(deaths.length, sources.size, agreed.length, rule);
  return {
    status,
    diedOn: status === 'CONFIRMED' ? (agreed[0] ?? null) : null,
    conflicting: byDay.size > 1,
    reports: [...deaths]
      .sort((a, b) => compareText(a.attributes.diedOn, b.attributes.diedOn) || newestFirst(b, a))
      .map((claim) => ({ diedOn: claim.attributes.diedOn, source: sourceOf(claim) })),
  };
}
