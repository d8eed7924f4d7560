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

let built: Promise<readonly Subgraph[]> | undefined;

/**
 * Every subgraph of the hub, built once a process: a second time type-graphql would list the arguments of fields that have been asked
 * meanwhile in another order. Hubs of one process share them, since a subgraph keeps nothing of whom it answers. Rejects where one is not
 * sound.
 */
export function hubSubgraphs(): Promise<readonly Subgraph[]> {
  return (built ??= Promise.all([
    exchangeSubgraph(),
    registrySubgraph(),
    vitalSubgraph(),
    hardshipSubgraph(),
    disabilitySubgraph(),
    educationSubgraph(),
    taxSubgraph(),
    insuranceSubgraph(),
  ]));
}
