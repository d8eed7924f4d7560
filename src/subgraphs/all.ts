import 'reflect-metadata';
import { exchangeSubgraph } from './exchange/index.ts';
import type { Subgraph } from './federated-schema.ts';
import { hardshipSubgraph } from './hardship/index.ts';
import { registrySubgraph } from './registry/index.ts';

/** Builds every subgraph of the hub. Rejects where one is not sound. */
export async function buildSubgraphs(): Promise<Subgraph[]> {
  return Promise.all([exchangeSubgraph(), registrySubgraph(), hardshipSubgraph()]);
}
