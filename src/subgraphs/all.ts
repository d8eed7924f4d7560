import 'reflect-metadata';
import { disabilitySubgraph } from './disability/index.ts';
import { educationSubgraph } from './education/index.ts';
import { exchangeSubgraph } from './exchange/index.ts';
import type { Subgraph } from './federated-schema.ts';
import { hardshipSubgraph } from './hardship/index.ts';
import { insuranceSubgraph } from './insurance/index.ts';
import { registrySubgraph } from './registry/index.ts';
import { taxSubgraph } from './tax/index.ts';
import { vitalSubgraph } from './vital/index.ts';

/** Builds every subgraph of the hub. Rejects where one is not sound. */
export async function buildSubgraphs(): Promise<Subgraph[]> {
  return Promise.all([
    exchangeSubgraph(),
    registrySubgraph(),
    vitalSubgraph(),
    hardshipSubgraph(),
    disabilitySubgraph(),
    educationSubgraph(),
    taxSubgraph(),
    insuranceSubgraph(),
  ]);
}
