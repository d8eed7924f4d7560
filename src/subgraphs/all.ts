import 'reflect-metadata';
import { disabilitySubgraph } from './disability/index.ts';
import { educationSubgraph } from './education/index.ts';
import { exchangeSubgraph } from './exchange/index.ts';
import type { Subgraph } from './federated-schema.ts';
import { hardshipSubgraph } from './hardship/index.ts';
import { insuranceSubgraph } from './insurance/index.ts';
import { madeOnce } from './made-once.ts';
import { registrySubgraph } from './registry/index.ts';
import { taxSubgraph } from './tax/index.ts';
import { vitalSubgraph } from './vital/index.ts';

/**
 * Every subgraph of the hub, built once a process: a second time type-graphql would list the arguments of fields that have been asked
 * meanwhile in another order. Hubs of one process share them, since a subgraph keeps nothing of whom it answers. Rejects where one is not
 * sound.
 */
export const hubSubgraphs = madeOnce((): Promise<readonly Subgraph[]> =>
  Promise.all([
    exchangeSubgraph(),
    registrySubgraph(),
    vitalSubgraph(),
    hardshipSubgraph(),
    disabilitySubgraph(),
    educationSubgraph(),
    taxSubgraph(),
    insuranceSubgraph(),
  ]),
);
