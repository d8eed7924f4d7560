import { GraphQLError } from 'graphql';
import type { Answer } from '../domain/access/refusal.ts';

/** Takes the value out of a granted answer; turns a refusal into the GraphQL error that clients see. */
export function unwrap<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  const { code, zh, en } = answer.refusal;
  throw new GraphQLError(`${zh} / ${en}`, { extensions: { code } });
}
