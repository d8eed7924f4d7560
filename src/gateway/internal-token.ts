/** The `iss` of internal tokens: the gateway, whichever site it runs at. Who signed them only its own key can tell. */
export const INTERNAL_ISSUER = 'yidang-gateway';

/** The `typ` of internal tokens, so that neither kind of token is ever taken for the other. */
export const INTERNAL_TYPE = 'yidang-internal+jwt';

/** Seconds for which an internal token holds: longer than any question is waited for, too short to be carried anywhere. */
export const INTERNAL_LIFE = 10;

/** Characters of the longest internal token; within what a header may hold. */
export const LONGEST_INTERNAL_TOKEN = 14_000;

/** The `aud` of internal tokens for one subgraph: at a sibling they open nothing. */
export const audienceOf = (subgraph: string): string => `yidang-subgraph:${subgraph}`;
