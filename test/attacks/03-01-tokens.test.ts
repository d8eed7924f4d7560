import { createHmac, createPublicKey } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeKeyPair } from '../../src/gateway/issuer.ts';
import {
  attackGround,
  expectNoLeak,
  expectRefused,
  goodClaims,
  knock,
  knockWith,
  part,
  goodTokenFor,
  signed,
  signedText,
  type AttackGround,
  type Door,
} from '../support/attack-ground.ts';
import { entriesSince, logSizes, type LogSizes } from '../support/audit.ts';

// Section 3.1 of the security programme, lines 1 to 17 and 19: whatever is wrong with a token, both doors say the same and keep nothing;
// who has not proven who they are is counted, and leaves no entry in the audit log.

let ground: AttackGround;
let door: Door;
let good: string;
let before: string;
let sizes: LogSizes;
beforeAll(async () => {
  ground = await attackGround();
});
afterAll(() => ground.stop());

beforeEach(async () => {
  before = await ground.fingerprint();
  sizes = await logSizes(ground.database);
});
afterEach(async () => {
  expect(await ground.fingerprint()).toBe(before);
  expect(await entriesSince(ground.database, sizes)).toEqual([]);
  expect((await knockWith(door, await goodTokenFor(door))).status).toBe(200);
});

type Cases = ReadonlyArray<readonly [why: string, token: string | Promise<string>]>;

async function expectAllRefused(cases: Cases): Promise<void> {
  for (const [why, making] of cases) {
    const answer = await knockWith(door, await making);
    expectRefused(`${door.name}: ${why}`, answer);
    expectNoLeak(why, answer);
  }
}

const claims = (more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  ...goodClaims(door),
  ...more,
});
const withClaims = (more: Readonly<Record<string, unknown>>): Promise<string> => signed(door, claims(more));
const withHeader = (more: Readonly<Record<string, unknown>>): Promise<string> => signed(door, claims(), more);
const header = (): string => JSON.stringify(door.token.header);
const withPayload = (text: string): Promise<string> => signedText(door, header(), text);

describe.each(['gateway', 'subgraph'] as const)('at the %s', (name) => {
  beforeAll(async () => {
    door = ground[name];
    good = await goodTokenFor(door);
  });

  describe('the token as it is written', () => {
    it('1. no header, an empty one, another scheme, two of them, or a token anywhere else', async () => {
      const cases: ReadonlyArray<readonly [why: string, headers: readonly string[], path?: string]> = [
        ['no header', []],
        ['an empty header', ['authorization: ']],
        ['Basic', [`authorization: Basic ${good}`]],
        ['Bearer without a token', ['authorization: Bearer']],
        ['a scheme in small letters', [`authorization: bearer ${good}`]],
        ['two headers', [`authorization: Bearer ${good}`, `authorization: Bearer ${good}`]],
        ['two headers, one of them empty', ['authorization: ', `authorization: Bearer ${good}`]],
        ['two tokens in one', [`authorization: Bearer ${good}, Bearer ${good}`]],
        ['in the address', [], `/graphql?access_token=${good}&authorization=Bearer%20${good}`],
        ['as a cookie', [`cookie: authorization=Bearer ${good}; access_token=${good}`]],
        ['in another header', [`x-authorization: Bearer ${good}`, `proxy-authorization: Bearer ${good}`]],
      ];
      for (const [why, headers, path] of cases) {
        expectRefused(`${door.name}: ${why}`, await knock(door.url, headers, door.question, path));
      }
    });

    it('2. alg none, however it is spelt, null, an array or absent, with a signature or without', async () => {
      for (const alg of [
        'none',
        'None',
        'nOnE',
        'NONE',
        '',
        null,
        ['ES256'],
        { ES256: 1 },
        undefined,
        0,
        true,
        'es256',
      ]) {
        const whole = await withHeader({ alg });
        const why = `alg ${JSON.stringify(alg)}`;
        await expectAllRefused([
          [why, whole],
          [`${why}, unsigned`, whole.replace(/[^.]+$/, '')],
        ]);
      }
    });

    it('3. HS256 with the issuer’s public key as its secret, in whichever form', async () => {
      const key = createPublicKey({ key: door.token.key as never, format: 'jwk' });
      const { x, y, crv, kty, kid } = door.token.key;
      const secrets = [
        key.export({ type: 'spki', format: 'pem' }),
        key.export({ type: 'spki', format: 'der' }),
        JSON.stringify({ kty, crv, x, y }),
        JSON.stringify({ kty, x, y, crv, alg: 'ES256', use: 'sig', kid }),
        Buffer.from(x!, 'base64url'),
        '',
      ];
      for (const alg of ['HS256', 'HS512']) {
        const input = `${part(JSON.stringify({ alg, typ: door.token.header['typ'], kid }))}.${part(JSON.stringify(claims()))}`;
        const hash = alg === 'HS256' ? 'sha256' : 'sha512';
        await expectAllRefused(
          secrets.map((secret, index) => [
            `${alg}, form ${index}`,
            `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`,
          ]),
        );
      }
    });

    it('4. a kid that is a path, a statement, too long, or a word of the language', async () => {
      const kids = [
        '../../dev/null',
        "' OR 1=1--",
        'a%00b',
        'a\0b',
        '__proto__',
        'constructor',
        '',
        ' ',
        'toString',
        0,
        null,
      ];
      await expectAllRefused(kids.map((kid) => [`kid ${JSON.stringify(kid)}`, withHeader({ kid })]));
      // Past what a header may hold at all: not even looked at.
      const answer = await knockWith(door, await withHeader({ kid: 'k'.repeat(64 * 1024) }));
      expect(answer.status).toBe(431);
      expectNoLeak('a kid of 64 KB', answer);
      await expectAllRefused([['a kid of 10 KB', withHeader({ kid: 'k'.repeat(10 * 1024) })]]);
    });

    it('6. keys that come with the token, or links to them', async () => {
      let calls = 0;
      const listener = createServer((_request, response) => {
        calls += 1;
        response.end('{}');
      });
      listener.on('connection', () => (calls += 1));
      listener.listen(0, '127.0.0.1');
      await once(listener, 'listening');
      const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/keys`;
      const { privateKey, publicKey } = await makeKeyPair();
      const headers = [
        { jku: url },
        { x5u: url },
        { x5c: ['MIIB'] },
        { jwk: publicKey },
        { jku: url, kid: publicKey.kid },
      ];
      await expectAllRefused([
        ...headers.map((one) => [`theirs: ${Object.keys(one)}`, signed(door, claims(), one, privateKey)] as const),
        ...headers.map((one) => [`ours: ${Object.keys(one)}`, withHeader(one)] as const),
        ['jwk without kid', signed(door, claims(), { jwk: publicKey, kid: undefined }, privateKey)],
      ]);
      expect(calls).toBe(0);
      listener.close();
    });

    it('7. crit, whatever it demands', async () => {
      const unencoded = async (): Promise<string> => {
        const head = JSON.stringify({ alg: 'ES256', typ: door.token.header['typ'], b64: false, crit: ['b64'] });
        return signedText(door, head, JSON.stringify(claims()));
      };
      await expectAllRefused([
        ['unknown', withHeader({ crit: ['exp'], exp: 1 })],
        ['empty', withHeader({ crit: [] })],
        ['of b64', withHeader({ crit: ['b64'], b64: true })],
        ['unencoded', unencoded()],
        ['b64 alone', withHeader({ b64: false })],
        ['no list', withHeader({ crit: 'b64', b64: true })],
      ]);
    });

    it('14. members written twice, in header or payload', async () => {
      const { kid } = door.token.key;
      const text = JSON.stringify(claims());
      const twice = (member: string, value: string): string => `{"${member}":${JSON.stringify(value)},${text.slice(1)}`;
      await expectAllRefused([
        ['iss', withPayload(twice('iss', String(door.token.claims['iss'])))],
        ['agency', withPayload(twice('agency', 'medical-insurance'))],
        ['scope', withPayload(twice('scope', 'person:reveal'))],
        ['agency, escaped', withPayload(twice('\\u0061gency', 'medical-insurance').replace('"\\\\u0061', '"\\u0061'))],
        ['within a claim', withPayload(`{"more":{"a":1,"a":1},${text.slice(1)}`)],
        ['alg', signedText(door, `{"alg":"none",${header().slice(1)}`, text)],
        ['kid', signedText(door, `{"kid":"${kid}",${header().slice(1)}`, text)],
      ]);
    });

    it('15. reserved names, endless depth, a body of a megabyte, headers past their limit', async () => {
      const text = JSON.stringify(claims());
      const deep = `${'['.repeat(1_000)}${']'.repeat(1_000)}`;
      await expectAllRefused([
        ['__proto__', withPayload(`{"__proto__":{"agency":"x"},${text.slice(1)}`)],
        ['constructor', withPayload(`{"constructor":{"prototype":{}},${text.slice(1)}`)],
        ['deep', withPayload(`{"more":${deep},${text.slice(1)}`)],
        ['objects, deep', withPayload(`{"more":${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)},${text.slice(1)}`)],
        ['no object', withPayload('[]')],
        ['not UTF-8', signedText(door, header(), Buffer.from([0xff, 0xfe, 0x7b, 0x7d]))],
        ['a mark of byte order', withPayload(`\ufeff${text}`)],
        ['something after the end', withPayload(`${text}{}`)],
      ]);
      const assertion = await signed(door, { ...claims(), pad: 'x'.repeat(1_000_000) }, { typ: 'JWT' });
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      });
      const answer = await fetch(`${ground.hub.url}/oauth/token`, { method: 'POST', body: form });
      expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([401, 'invalid_client']);
      expect((await knockWith(door, good, [`x-pad: ${'x'.repeat(17_000)}`])).status).toBe(431);
    });

    it('17. the same token written in another way', async () => {
      const [head, payload, signature] = good.split('.') as [string, string, string];
      // The last of 86 signs carries four bits that say nothing.
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const twin = `${signature.slice(0, -1)}${alphabet[alphabet.indexOf(signature.at(-1)!) + 1]}`;
      expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(signature, 'base64url'));
      const plus = `${head}.${payload}.${signature
        .replace(/-/g, '+')
        .replace(/_/g, '/')
        .replace(/[A-Za-z]/, '+')}`;
      await expectAllRefused([
        ['padded once', `${good}=`],
        ['padded twice', `${good}==`],
        ['padded inside', `${head}=.${payload}.${signature}`],
        ['with left-over bits', `${head}.${payload}.${twin}`],
        ['in the other alphabet', plus],
        ['with a blank', `${head}.${payload} .${signature}`],
        ['with a tab', `${head}.\t${payload}.${signature}`],
      ]);
      // Folding a header line over two is no longer HTTP (RFC 9112 §5.2).
      expect((await knockWith(door, `${head}.\r\n ${payload}.${signature}`)).status).toBe(400);
    });

    it('19. what is encrypted, nested, packed, in JSON or in four parts, without anything being decrypted', async () => {
      const [head, payload, signature] = good.split('.');
      const jwe = (more: object): string =>
        [JSON.stringify({ alg: 'dir', enc: 'A256GCM', ...more }), 'key', 'iv', 'text', 'tag'].map(part).join('.');
      const cases: Cases = [
        ['JWE', jwe({})],
        ['JWS in JWE', jwe({ cty: 'JWT' })],
        ['PBES2', jwe({ alg: 'PBES2-HS512+A256KW', p2c: 2 ** 31, p2s: 'c2FsdA' })],
        ['zip', jwe({ zip: 'DEF' })],
        ['zip in a JWS', withHeader({ zip: 'DEF' })],
        ['four parts', `${good}.x`],
        ['two parts', `${head}.${payload}`],
        ['JSON', JSON.stringify({ protected: head, payload, signature })],
        ['JSON, as base64url', part(JSON.stringify({ protected: head, payload, signature }))],
        ['polyglot', `${part('{"payload":"')}.${payload}.${signature}`],
        ['detached', `${head}..${signature}`],
      ];
      const made = await Promise.all(cases.map(async ([why, token]) => [why, await token] as const));
      await expectAllRefused(made);
      const started = performance.now();
      for (let i = 0; i < 5; i++) for (const [, token] of made) await knockWith(door, token);
      // The whole request, socket and all, on a machine that others use too.
      expect((performance.now() - started) / (5 * made.length)).toBeLessThan(50);
    });
  });

  describe('what the token says', () => {
    it('9. another type of token', async () => {
      const other = ground.doors.find((one) => one !== door)!;
      const types = [
        undefined,
        other.token.header['typ'],
        'JWT',
        'dpop+jwt',
        'logout+jwt',
        'secevent+jwt',
        String(door.token.header['typ']).toUpperCase(),
        `${String(door.token.header['typ'])} `,
        null,
        [door.token.header['typ']],
        '',
      ];
      await expectAllRefused(types.map((typ) => [`typ ${JSON.stringify(typ)}`, withHeader({ typ })]));
    });

    it('10. another audience, or ours among others', async () => {
      const ours = String(door.token.claims['aud']);
      const audiences = [
        undefined,
        'another-hub',
        'yidang-hardship',
        'yidang-subgraph:vital',
        'yidang-subgraph:',
        [ours, 'stranger'],
        [ours],
        ours.toUpperCase(),
        '',
        null,
        `${ours} `,
      ];
      await expectAllRefused(audiences.map((aud) => [`aud ${JSON.stringify(aud)}`, withClaims({ aud })]));
    });

    it('11. another issuer, or ours in another spelling', async () => {
      const ours = String(door.token.claims['iss']);
      const stranger = (await makeKeyPair()).privateKey;
      const issuers = [
        undefined,
        [ours],
        `${ours}/`,
        ours.toUpperCase(),
        ours.replace(/[1y]/, (sign) => ({ 1: '１', y: 'у' })[sign]!),
        'https://hub.example',
        '',
        null,
      ];
      await expectAllRefused([
        ...issuers.map((iss) => [`iss ${JSON.stringify(iss)}`, withClaims({ iss })] as const),
        ['our name, another’s key', signed(door, claims(), {}, stranger)],
        ['our name, another’s key and its kid', signed(door, claims(), { kid: stranger.kid }, stranger)],
      ]);
    });

    it('12. an end that is none', async () => {
      const { exp, iat } = goodClaims(door);
      const written = (value: string): Promise<string> =>
        withPayload(JSON.stringify(claims({ exp: 0 })).replace('"exp":0', `"exp":${value}`));
      const ends = [
        undefined,
        String(exp),
        -exp,
        exp + 100 * 365 * 86_400,
        exp + 0.5,
        null,
        [exp],
        iat,
        iat - 1,
        iat + door.token.life + 1,
      ];
      await expectAllRefused([
        ...ends.map((end) => [`exp ${JSON.stringify(end)}`, withClaims({ exp: end, iat })] as const),
        ['1e999', written('1e999')],
        ['2^53+1', written('9007199254740993')],
      ]);
      for (const bad of [undefined, String(iat), null, iat + 0.5, -1]) {
        await expectAllRefused([[`iat ${JSON.stringify(bad)}`, withClaims({ iat: bad })]]);
      }
    });

    it('13. too late or too early; ten seconds are forgiven', async () => {
      const now = Math.floor(Date.now() / 1000);
      const { life } = door.token;
      await expectAllRefused([
        ['expired 61 s ago', withClaims({ iat: now - 61 - life, exp: now - 61 })],
        ['expired 12 s ago', withClaims({ iat: now - 12 - life, exp: now - 12 })],
        ['not before 61 s', withClaims({ nbf: now + 61 })],
        ['nbf as text', withClaims({ nbf: String(now) })],
        ['issued in an hour', withClaims({ iat: now + 3_600, exp: now + 3_600 + life })],
        ['issued in 20 s', withClaims({ iat: now + 20, exp: now + 20 + life })],
      ]);
      const at = Math.floor(Date.now() / 1000);
      for (const fine of [{ iat: at + 8, exp: at + 8 + life }, { nbf: at + 8 }, { iat: at - 4 - life, exp: at - 4 }]) {
        expect((await knockWith(door, await withClaims(fine))).status).toBe(200);
      }
    });

    it('16. claims of odd shapes, and twins of words', async () => {
      const scopes = [
        ['person:read'],
        { 'person:read': true },
        1,
        null,
        undefined,
        'person:read\tlist:deaths:push',
        'person:read ',
      ];
      const twins = [
        'list：deaths:push',
        'ｌist:deaths:push',
        'person:read\u00a0x',
        'Person:read',
        'person::read',
        'a'.repeat(5_000),
      ];
      const agencies = [{ is: 'tax' }, ['tax'], 'constructor', '__proto__', 'tax ', 'Tax', 'tаx', '', null, 'tax:tax'];
      await expectAllRefused([
        ...[...scopes, ...twins].map((scope) => [`scope ${JSON.stringify(scope)}`, withClaims({ scope })] as const),
        ...agencies.map((agency) => [`agency ${JSON.stringify(agency)}`, withClaims({ agency })] as const),
        ...[130628, '999999', '130628 ', '１30628', ['130628']].map(
          (jurisdiction) => [`jurisdiction ${JSON.stringify(jurisdiction)}`, withClaims({ jurisdiction })] as const,
        ),
        ['no jti', withClaims({ jti: undefined })],
        ['jti as an object', withClaims({ jti: {} })],
      ]);
    });
  });
});
