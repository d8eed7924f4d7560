import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { AuditedFlows } from './flows/audited-flows.ts';
import { faultForLog } from './gateway/error-answer.ts';
import { startPlanner, type Planner } from './gateway/planner.ts';
import { subgraphServer } from './gateway/subgraph-server.ts';
import type { Supergraph } from './gateway/supergraph.ts';
import type { Subgraph } from './subgraphs/federated-schema.ts';
import { internalTokensOf } from './tokens.ts';

/** What planning stands on. */
interface PlanGround {
  readonly config: Config;
  readonly log: Logger;
  readonly records: Pick<AuditedFlows, 'denied'>;
  /** Takes what must be stopped behind the door. */
  readonly closing: (() => Promise<void>)[];
}

/** Plans over the subgraphs that the settings place elsewhere and those that stay in this process; `null` where all of them do. */
export async function plannerOver(
  subgraphs: readonly Subgraph[],
  supergraph: Supergraph,
  { config, log, records, closing }: PlanGround,
): Promise<Planner | null> {
  if (Object.keys(config.subgraphs).length === 0) return null;
  const local = await Promise.all(
    subgraphs
      .filter(({ name }) => !Object.hasOwn(config.subgraphs, name))
      .map((subgraph) => subgraphServer(subgraph, (error) => log.error({ fault: faultForLog(error) }, 'fault'))),
  );
  closing.push(...local.map((one) => () => one.stop()));
  return startPlanner(supergraph, local, {
    urls: config.subgraphs,
    tokenFor: await internalTokensOf(config),
    onInvalidAnswer: (name, why, { caller, requestId }) => {
      log.error({ requestId, subgraph: name, why }, 'invalid answer of a subgraph');
      if (caller) records.denied(caller, 'SUBGRAPH_INVALID_RESPONSE', `subgraph:${name}`);
    },
  });
}
