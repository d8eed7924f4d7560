/** Where clients ask for tokens and where the issuer tells about itself; paths below its address. */
export const ISSUER_PATHS = {
  token: '/oauth/token',
  keys: '/oauth/jwks',
  metadata: '/.well-known/oauth-authorization-server',
} as const;
