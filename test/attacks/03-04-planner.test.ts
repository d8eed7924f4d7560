import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parse } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/domain/access/caller.ts';
import type { Flows } from '../../src/flows/flows.ts';
import { startPlanner, type Planner } from '../../src/gateway/planner.ts';
import { subgraphServer, type SubgraphServer } from '../../src/gateway/subgraph-server.ts';
import { hubGraph, type HubGraph } from '../../src/gateway/hub-graph.ts';
import type { HubContext } from '../../src/subgraphs/context.ts';
import type { Subgraph } from '../../src/subgraphs/federated-schema.ts';
import { householdLoader, personLoader, rowLoader } from '../../src/subgraphs/loaders.ts';

// Section 3.4 of the security programme, lines 71 and 73: what planning may cost, and that no reference is resolved unguarded.

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

const MEGABYTE = 1024 * 1024;
const ID = '00000000-0000-8000-8000-000000000000';

let subgraphs: HubGraph['subgraphs'];
let supergraph: HubGraph['supergraph'];
beforeAll(async () => {
  ({ subgraphs, supergraph } = await hubGraph());
});

describe('plans', () => {
  let planner: Planner;
  const context = { requestId: ID } as HubContext;
  beforeAll(async () => {
    // Nothing is executed here but plans: all that is asked is answered with nothing.
    const silent = subgraphs.map(({ name }): SubgraphServer => {
      const nothing = async () => ({ data: null });
      return {
        name,
        execute: nothing,
        follow: nothing,
        answer: async () => ({ status: 200, body: '' }),
        stop: async () => {},
      };
    });
    planner = await startPlanner(supergraph, silent, {
      urls: {},
      tokenFor: undefined,
      onInvalidAnswer: () => {},
    });
    await plan('{ lists { name } }');
  });
  const plan = async (text: string): Promise<unknown> =>
    planner.execute({ document: parse(text), variables: {}, operationName: undefined, context });

  it('71. the dearest question that is let in is planned in a tenth of a second', async () => {
    // What every subgraph has, and what lies with three of them, as often as the limits of a document allow.
    const shared = 'id agency list status counts { sent accepted } receipt { id digest } remarks { code }';
    const far = 'hardshipListings { word } benefit(policyYear: 2026) { outcome }';
    const dear = (name: string): string[] => [
      `{ ${Array.from({ length: 12 }, (_, i) => `${name}${i}: submission(id: "x") { ${shared} verdicts { edges { node { person(purpose: AUDIT) { ${far} } } } } }`).join(' ')} }`,
      `{ ${Array.from({ length: 19 }, (_, i) => `${name}${i}: person(idNumber: "x", purpose: AUDIT) { ${far} household { members { person { ${far} } } } }`).join(' ')} }`,
    ];
    for (const which of [0, 1]) {
      const times: number[] = [];
      for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
        const before = process.cpuUsage();
        await plan(dear(name)[which]!);
        const { user, system } = process.cpuUsage(before);
        times.push((user + system) / 1000);
      }
      // Of CPU time, and the least of several: the compiler at work and other tests are no cost of the question's.
      expect(Math.min(...times)).toBeLessThan(100);
    }
  });

  it('71. thousands of different documents leave nothing behind', async () => {
    const documents = async (from: number, to: number): Promise<number> => {
      for (let i = from; i < to; i++) {
        await plan(
          `{ a${i}: person(idNumber: "${i}", purpose: AUDIT) { b${i}: hardshipListings { word c${i}: word } } }`,
        );
      }
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const first = await documents(0, 1_000);
    const last = await documents(1_000, 5_000);
    expect((last - first) / MEGABYTE).toBeLessThan(8);
  }, 120_000);
});

describe('references', () => {
  const caller: Caller = {
    client: '130628:medical-insurance',
    agency: 'medical-insurance',
    jurisdiction: '130628',
    scopes: new Set(['person:read', 'submission:read']),
  };

  /** The types that can be referred to, as a subgraph's own `_Entity` has them. */
  const entitiesOf = ({ schema }: Subgraph): string[] => {
    const union = schema.getType('_Entity') as unknown as { getTypes(): readonly { name: string }[] };
    return union.getTypes().map(({ name }) => name);
  };

  /** By entity type: how it is referred to, and the flow that decides. A type that is new must be added here. */
  const GUARDS: Readonly<
    Record<string, { readonly key: string; readonly of: (n: number) => string; readonly flow: string }>
  > = {
    Person: { key: 'asKnown', of: (n) => `${ID.slice(0, -1)}${n}~AUDIT`, flow: 'findPeopleByIds' },
    Submission: { key: 'id', of: (n) => `${ID.slice(0, -1)}${n}`, flow: 'findSubmission' },
  };

  it('73. for every type of every subgraph, what is decided is as much as what is resolved', async () => {
    let tried = 0;
    for (const subgraph of subgraphs) {
      const server = await subgraphServer(subgraph, () => {});
      for (const type of entitiesOf(subgraph)) {
        const guard = GUARDS[type];
        if (!guard) throw new Error(`${type}: nobody has said which flow decides references to it`);
        for (const who of [caller, null]) {
          const { decided, context } = spied(who);
          const representations = [0, 1, 2, 3, 4].map((n) => ({ __typename: type, [guard.key]: guard.of(n) }));
          const { data, errors } = await server.execute(
            {
              document: parse('query($r: [_Any!]!) { _entities(representations: $r) { __typename } }'),
              variables: { r: representations },
            },
            context,
          );
          const ids = representations.map((one) => String(one[guard.key]).split('~')[0]);
          expect([subgraph.name, type, decided]).toEqual([subgraph.name, type, ids.map((id) => [guard.flow, id, who])]);
          // The flow said no each time, and nothing else answered in its place.
          expect(data!['_entities']).toEqual([null, null, null, null, null]);
          expect(errors!.map(({ extensions }) => extensions!['code'])).toEqual(Array(5).fill('FORBIDDEN'));
          tried += 1;
        }
      }
      await server.stop();
    }
    expect(tried).toBe(2 * subgraphs.length * 2);
  });

  /** Flows that note whom they were asked about, and refuse; any other flow than a guard would be a way around it. */
  function spied(who: Caller | null) {
    const decided: [flow: string, id: string, caller: Caller | null][] = [];
    const flows = new Proxy({} as Flows, {
      get: (_flows, flow: string) => {
        return async (asked: string | readonly string[], ...rest: readonly unknown[]) => {
          for (const id of [asked].flat()) decided.push([flow, id, rest.at(-1) as Caller | null]);
          return { ok: false, refusal: { code: 'FORBIDDEN', zh: '未获准', en: 'Not granted' } };
        };
      },
    });
    const context: HubContext = {
      caller: who,
      flows,
      persons: personLoader(flows, who),
      households: householdLoader(flows, who),
      rows: rowLoader(flows, who),
      requestId: ID,
    };
    return { decided, context };
  }
});
