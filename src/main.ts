import type { JWK } from 'jose';
import type { Config } from './config.ts';
import type { Jurisdiction } from './domain/access/caller.ts';
import type { PolicyPack } from './domain/policy/policy-pack.ts';
import type { Clock } from './flows/ports.ts';

/** What a hub is started with. */
export interface HubOptions {
  readonly config: Config;
  /** The business clock: what the hub takes for now when it receives and answers. Tokens always go by the system's clock. */
  readonly clock?: Clock;
  /** The jurisdictions to serve, instead of those in the jurisdictions folder. */
  readonly jurisdictions?: readonly Jurisdiction[];
  /** The policy packs to hold, instead of those in the packs folder. */
  readonly packs?: readonly PolicyPack[];
}

/** A hub that serves. */
export interface RunningHub {
  /** Where it answers, without a path: `http://127.0.0.1:4000`. */
  readonly url: string;
  /** The issuer its tokens must name. */
  readonly issuer: string;
  /** The private key of a client (`130628:civil-affairs`), so that a demonstration can act as it. Development only. */
  privateKeyOf(client: string): Promise<JWK>;
  /** Takes no more requests, finishes those under way, closes the database. */
  stop(): Promise<void>;
}

/** Starts the whole hub in this process; rejects with the reason where a setting, pack or composition is not sound. */
export declare function startHub(options: HubOptions): Promise<RunningHub>;
