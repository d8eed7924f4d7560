import { beforeAll, expect, test } from 'vitest';
import { WITHIN_LIMITS } from '../../../src/cli/bench/rejected-requests.ts';
import { checkVariables } from '../../../src/gateway/check-variables.ts';
import { RequestRefused } from '../../../src/gateway/error-answer.ts';
import { hubGraph, type HubGraph } from '../../../src/gateway/hub-graph.ts';
import { documentPreparer } from '../../../src/gateway/prepare-document.ts';

let graph: HubGraph;
beforeAll(async () => {
  graph = await hubGraph();
});

/** Why the hub refuses a document that comes without variables. */
function refusalOf(query: string): string | undefined {
  const { prepare } = documentPreparer({ schema: graph.joined, published: graph.published, costOf: graph.costOf });
  try {
    const asked = prepare({ query, documentId: undefined, sha256: undefined, operationName: undefined }, true);
    asked.costOf({});
    checkVariables(graph.joined, asked.operation, {});
    return undefined;
  } catch (error) {
    if (error instanceof RequestRefused) return error.code;
    throw error;
  }
}

test.each(WITHIN_LIMITS)('%s is refused, and not for passing a limit of documents', (_what, query) => {
  expect(['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'COST_LIMIT']).toContain(refusalOf(query));
});
