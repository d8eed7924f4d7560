import { loadConfig } from '../../config.ts';
import { decideCodes, type DecisionQuestion } from '../../domain/policy/decide.ts';
import type { CandidateCodes, DecisionCodes, StepCodes } from '../../domain/policy/decision-codes.ts';
import { dayInShanghai } from '../../domain/time/plain-date.ts';
import { loadJurisdictions } from '../../storage/jurisdiction-files.ts';
import { readPacks } from '../../storage/pack-files.ts';
import { hmacSubjectKeys } from '../../storage/subject-keys.ts';
import { madeFacts } from './made-facts.ts';
import { PLACE } from './made-persons.ts';
import { answerBench } from './processes.ts';

/** Persons a second, of deciding and of only allocating what was decided. */
export interface DecideSpeeds {
  readonly decided: number;
  readonly allocated: number;
}

/** The pack whose rules are asked. */
const PACK = 'gaoyang-2026';
const NOW = new Date('2026-03-16T02:00:00Z');

/** Passes over everybody before it counts: rules that few persons meet are compiled late. */
const WARM_UP = 10;

/** The process that decides on one core, with everything it needs in memory. */
export async function decideRole(): Promise<void> {
  let bench: ReturnType<typeof decideBench> | undefined;
  await answerBench(
    {
      prepare: (persons: number) => {
        bench = decideBench(persons);
      },
      speeds: () => bench!(),
    },
    async () => undefined,
  );
}

function decideBench(persons: number): () => DecideSpeeds {
  const config = loadConfig(process.env);
  const packs = new Map(readPacks(config.packsDir).map((pack) => [pack.id, pack]));
  const pack = packs.get(PACK)!;
  const { deaths } = loadJurisdictions(config.jurisdictionsDir, (id) => packs.get(id)?.policyYear).find(PLACE)!;
  const question: DecisionQuestion = { asOf: dayInShanghai(NOW), knownAt: NOW, deathRule: deaths };
  const keys = hmacSubjectKeys(config.subjectKeyPepper);
  const everybody = Array.from({ length: persons }, (_, index) => madeFacts(index, keys, new Date('2026-03-10')));
  const decided = everybody.map((facts) => decideCodes(pack, facts, question));

  const deciding = (): number => speedOf(everybody, (facts) => decideCodes(pack, facts, question));
  const allocating = (): number => speedOf(decided, allocate);
  // Compiled before it counts.
  for (let pass = 0; pass < WARM_UP; pass += 1) {
    deciding();
    allocating();
  }
  return () => ({ decided: deciding(), allocated: allocating() });
}

/** Items a second; the results of all of them are kept, as whoever is to store them must. */
function speedOf<T>(items: readonly T[], work: (item: T) => DecisionCodes): number {
  const kept: DecisionCodes[] = Array.from({ length: items.length });
  const started = performance.now();
  for (let index = 0; index < items.length; index += 1) kept[index] = work(items[index]!);
  return items.length / ((performance.now() - started) / 1000);
}

/** New objects and lists in the shape of a decision, with every value taken over. */
const allocate = (codes: DecisionCodes): DecisionCodes => ({
  outcome: codes.outcome,
  pack: codes.pack,
  asOf: codes.asOf,
  category: codes.category,
  subsidy: codes.subsidy,
  fundedBy: codes.fundedBy,
  payable: codes.payable,
  paid: codes.paid,
  candidates: codes.candidates.map(allocateCandidate),
  periods: codes.periods.map(({ from, to, rule }) => ({ from, to, rule })),
  waiting: codes.waiting && { ...codes.waiting },
  refund: codes.refund && { ...codes.refund },
  assisted: codes.assisted,
  targetGroups: codes.targetGroups.map(({ group, ratePercent, rule }) => ({ group, ratePercent, rule })),
  review: codes.review.map(({ code, rule }) => ({ code, rule })),
  notices: codes.notices.map(({ code, rule }) => ({ code, rule })),
  steps: codes.steps.map(allocateStep),
});

const allocateCandidate = (candidate: CandidateCodes): CandidateCodes => ({
  category: candidate.category,
  subsidy: candidate.subsidy,
  payable: candidate.payable,
  fundedBy: candidate.fundedBy,
  rule: candidate.rule,
  standing: candidate.standing,
  claims: candidate.claims.slice(),
});

const allocateStep = ({ rule, code, values, claims }: StepCodes): StepCodes => ({
  rule,
  code,
  values: { ...values },
  claims: claims.slice(),
});
