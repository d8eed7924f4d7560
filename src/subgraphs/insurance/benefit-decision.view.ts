import type { BenefitDecision, DecisionStep } from '../../domain/policy/decision.ts';
import type { PolicyPack } from '../../domain/policy/policy-pack.ts';
import { NOTICE_TEXTS, REVIEW_TEXTS } from '../words.ts';
import type { BenefitDecisionType, Step } from './benefit-decision.type.ts';
import { policyPackView } from './policy-pack.view.ts';

function stepView(step: DecisionStep, { rules, document }: PolicyPack): Step {
  const rule = rules[step.rule];
  return { ...step, quote: rule?.quote ?? null, reading: rule?.reading ?? null, document };
}

/** Shows a decision beside the words of the pack that made it. */
export function benefitDecisionView(decision: BenefitDecision, pack: PolicyPack): BenefitDecisionType {
  return {
    ...decision,
    pack: policyPackView(pack),
    review: decision.review.map(({ code, rule }) => {
      const [zh, en] = REVIEW_TEXTS[code];
      return { code, rule, zh, en };
    }),
    notices: decision.notices.map(({ code, rule }) => {
      const [zh, en] = NOTICE_TEXTS[code];
      return { code, rule, zh, en };
    }),
    steps: decision.steps.map((step) => stepView(step, pack)),
  };
}
