import {
  getOperationAST,
  OperationTypeNode,
  type DocumentNode,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
} from 'graphql';
import type { HubContext } from '../subgraphs/context.ts';
import type { InternalTokens } from './issuer-internal-token.ts';
import { spentBudget } from './error-answer.ts';
import { EventTooLarge, receivedEvents } from './received-events.ts';
import { readSubgraphAnswer } from './subgraph-answer.ts';
import { askingForKeys, type AskedOfSubgraph } from './subgraph-question.ts';
import type { SubgraphServer } from './subgraph-server.ts';

/** Bytes of the largest answer of a subgraph. */
const LARGEST_ANSWER = 8 * 1024 * 1024;
/** Milliseconds after which a subgraph counts as gone. */
const QUESTION_TIME = 2_000;
/** Milliseconds that a push is given: cut off, its sender would not know what became of it. */
const MUTATION_TIME = 30_000;

/** Why an answer was thrown away. */
export type InvalidAnswer = 'TOO_LARGE' | 'TOO_SLOW' | 'NOT_JSON' | 'NOT_AS_ASKED' | 'OTHER_KEYS';

/** A subgraph in a process of its own. */
export interface RemoteSubgraphParts {
  readonly name: string;
  readonly url: string;
  readonly tokenFor: InternalTokens;
  /** Hears of every answer that was thrown away: a subgraph of the hub's own does not answer like that. */
  onInvalidAnswer(subgraph: string, why: InvalidAnswer, operation: HubContext): void;
}

/** An answer that is thrown away; without a reason there was none. */
class NoAnswer extends Error {
  readonly why: InvalidAnswer | undefined;
  /** Seconds until the caller may be told of people again, where that is the reason. */
  readonly retryAfter: number | undefined;

  constructor(why?: InvalidAnswer, retryAfter?: number) {
    super(why ?? 'SUBGRAPH_UNAVAILABLE');
    this.why = why;
    this.retryAfter = retryAfter;
  }
}

/**
 * Reaches a subgraph in a process of its own. Its answers are a stranger's words: bounded in size and time, reduced to what was asked,
 * and thrown away whole where they are about other things than those asked for. Its headers, cookies among them, go nowhere.
 */
export function remoteSubgraph(parts: RemoteSubgraphParts): Pick<SubgraphServer, 'execute' | 'follow'> {
  const failed = (error: unknown, operation: HubContext): FormattedExecutionResult => {
    const { retryAfter } = error as Partial<NoAnswer>;
    if (retryAfter !== undefined) return spentBudget(retryAfter);
    const why = error instanceof NoAnswer ? error.why : error instanceof EventTooLarge ? 'TOO_LARGE' : undefined;
    if (why) parts.onInvalidAnswer(parts.name, why, operation);
    const code = why ? 'SUBGRAPH_INVALID_RESPONSE' : 'SUBGRAPH_UNAVAILABLE';
    return { data: null, errors: [{ message: code, extensions: { code } }] };
  };
  const post = async (asked: AskedOfSubgraph, context: HubContext, accept: string, signal: AbortSignal) => {
    const { text: query, variables, operationName } = asked;
    const response = await fetch(parts.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept,
        authorization: `Bearer ${await parts.tokenFor(parts.name, context)}`,
      },
      body: JSON.stringify({ query, variables, operationName }),
      redirect: 'error',
      signal,
    });
    if (response.ok) return response;
    throw new NoAnswer(undefined, await budgetSpentIn(response));
  };

  return {
    execute: async (request, context) => {
      const asked = askingForKeys(request);
      const patience = AbortSignal.timeout(isMutation(request.document) ? MUTATION_TIME : QUESTION_TIME);
      try {
        return readAnswer(asked, await readJson(await post(asked, context, 'application/json', patience)));
      } catch (error) {
        return failed(error, context);
      }
    },
    follow: async (request, context) => {
      const asked = askingForKeys(request);
      const hangUp = new AbortController();
      const patience = setTimeout(() => hangUp.abort(), QUESTION_TIME);
      try {
        const response = await post(asked, context, 'text/event-stream', hangUp.signal);
        const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
        return isStream
          ? followed(response, asked, (error) => failed(error, context))
          : readAnswer(asked, await readJson(response));
      } catch (error) {
        return failed(error, context);
      } finally {
        clearTimeout(patience);
      }
    },
  };
}

/** Longest wait, in seconds, that a subgraph is believed. */
const LONGEST_WAIT = 24 * 60 * 60;

/** Seconds until the caller may be told of people again, where a refusal says that it may not now. */
async function budgetSpentIn(response: Response): Promise<number | undefined> {
  if (response.status !== 429) {
    await response.body?.cancel();
    return undefined;
  }
  const { errors } = (await readJson(response)) as { readonly errors?: readonly GraphQLFormattedError[] };
  if (errors?.[0]?.extensions?.['code'] !== 'BUDGET_SPENT') return undefined;
  const seconds = Number(response.headers.get('retry-after'));
  return Number.isInteger(seconds) && seconds > 0 ? Math.min(seconds, LONGEST_WAIT) : 1;
}

/** The events of a stream, each read like an answer; the first that is none is the last. */
function followed(
  response: Response,
  asked: AskedOfSubgraph,
  failed: (error: unknown) => FormattedExecutionResult,
): AsyncIterableIterator<FormattedExecutionResult, undefined> {
  const events = receivedEvents(response, LARGEST_ANSWER);
  let hasFailed = false;
  return {
    next: async () => {
      if (hasFailed) return { done: true, value: undefined };
      try {
        const event = await events.next();
        return event.done ? event : { done: false, value: readAnswer(asked, parseJson(event.value)) };
      } catch (error) {
        hasFailed = true;
        await events.return().catch(() => {});
        return { done: false, value: failed(error) };
      }
    },
    return: async () => {
      await events.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function readAnswer(asked: AskedOfSubgraph, answer: unknown): FormattedExecutionResult {
  const read = readSubgraphAnswer(asked, answer);
  if (typeof read === 'string') throw new NoAnswer(read);
  return read;
}

async function readJson(response: Response): Promise<unknown> {
  if (!response.headers.get('content-type')?.startsWith('application/json')) {
    await response.body?.cancel();
    throw new NoAnswer('NOT_JSON');
  }
  return parseJson(await readBounded(response));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NoAnswer('NOT_JSON');
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body!) {
      size += chunk.length;
      // Leaving the loop hangs up.
      if (size > LARGEST_ANSWER) throw new NoAnswer('TOO_LARGE');
      chunks.push(chunk);
    }
  } catch (error) {
    // One that has begun to answer is there; one that does not come to an end is no answer.
    if ((error as Error).name === 'TimeoutError') throw new NoAnswer('TOO_SLOW');
    throw error;
  }
  return new TextDecoder().decode(Buffer.concat(chunks, size));
}

const isMutation = (document: DocumentNode): boolean =>
  getOperationAST(document)?.operation === OperationTypeNode.MUTATION;
