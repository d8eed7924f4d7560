/** How numbers are masked is decided in the domain; resolvers, which know its types only, show numbers of certificates through this flow. */
export { seenNumber } from '../domain/access/mask.ts';
