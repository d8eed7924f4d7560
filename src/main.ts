import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Caller } from './domain/access/caller.ts';
import { auditedFlows, type AuditedFlows } from './flows/audited-flows.ts';
import { bindFlows } from './flows/bind-flows.ts';
import type { Flows } from './flows/flows.ts';
import type { ReceiptSeal } from './flows/ports-audit.ts';
import type { Alarm } from './flows/ports-emergency.ts';
import { auditRoutes } from './gateway/audit-routes.ts';
import { clientsOf } from './gateway/clients.ts';
import { comparisonFile } from './gateway/bulk-upload/comparison-route.ts';
import { rejectedFiles } from './gateway/bulk-upload/download-route.ts';
import { fileRoutes, type GivenFile } from './gateway/bulk-upload/file-routes.ts';
import { uploadRoute } from './gateway/bulk-upload/upload-route.ts';
import { faultForLog } from './gateway/error-answer.ts';
import { graphqlEndpoint } from './gateway/graphql-endpoint.ts';
import { graphqlRoute, readinessRoute } from './gateway/graphql-routes.ts';
import { startHttpServer, type HttpServer } from './gateway/http-server.ts';
import { hubGraph } from './gateway/hub-graph.ts';
import type { JWK } from './gateway/issuer.ts';
import { issuerRoutes } from './gateway/issuer-routes.ts';
import { hubSeal, type HubSeal } from './gateway/issuer-seal.ts';
import { playgroundRoutes } from './gateway/playground.ts';
import { refusalCounter } from './gateway/refusal-counter.ts';
import { loadSigningKeys } from './gateway/signing-keys.ts';
import { subgraphRoute } from './gateway/subgraph-route.ts';
import { subgraphServer } from './gateway/subgraph-server.ts';
import { layGround, openSafeDatabase, type Ground, type GroundOptions, type HubDatabase } from './ground.ts';
import { followRevocations } from './storage/revocations.ts';
import { auditLog } from './storage/audit-log.ts';
import { signCheckpoints } from './storage/audit-checkpoints.ts';
import { auditProofs } from './storage/audit-proofs.ts';
import { budgetStore } from './storage/budget-store.ts';
import { auditReader } from './storage/audit-reader.ts';
import { comparisonStore } from './storage/comparison-store.ts';
import { emergencyStore } from './storage/emergency-store.ts';
import { correctionStore } from './storage/correction-store.ts';
import { failedWork } from './storage/failed-work.ts';
import { fileLinkStore } from './storage/file-link-store.ts';
import { readPackText } from './storage/pack-files.ts';
import { personStore } from './storage/person-store.ts';
import { changeStore } from './storage/change-store.ts';
import { populationStore } from './storage/population-store.ts';
import { receiveStore } from './storage/receive-store.ts';
import { rejectedRows } from './storage/rejected-rows.ts';
import { openSpoolFile } from './storage/spool-file.ts';
import { reviewStore } from './storage/review-store.ts';
import { searchStore } from './storage/search-store.ts';
import { submissionStore } from './storage/submission-store.ts';
import { withdrawStore } from './storage/withdraw-store.ts';
import { uploadStore } from './storage/upload-store.ts';
import { hubSubgraphs } from './subgraphs/all.ts';
import type { HubContext } from './subgraphs/context.ts';
import { householdLoader, personLoader, rowLoader } from './subgraphs/loaders.ts';
import { plannerOver } from './plans.ts';
import {
  agencySignaturesOf,
  authenticatorOf,
  internalAuthenticatorOf,
  issuerOf,
  issuerUrlOf,
  signInWith,
  standingOf,
  type TokenGround,
} from './tokens.ts';
import { workOn } from './work.ts';

/** What a hub is started with. */
export interface HubOptions extends GroundOptions {
  /**
   * Whether this process works on jobs itself, or leaves them to others. By default as `config.work` says, and in this process where
   * that says nothing.
   */
  readonly work?: 'here' | 'elsewhere';
}

/** A hub that serves. */
export interface RunningHub {
  /** Where it answers, without a path: `http://127.0.0.1:4000`. */
  readonly url: string;
  /** The issuer its tokens must name. */
  readonly issuer: string;
  /** Where its database is, for another process of the same user. */
  readonly databaseUrl: string;
  /** The private key of a client (`130628:civil-affairs`), so that a demonstration can act as it. Development only. */
  privateKeyOf(client: string): Promise<JWK>;
  /** Takes no more requests, finishes those under way, closes the database. */
  stop(): Promise<void>;
}

/** One subgraph that serves as a process of its own. */
export interface RunningSubgraph {
  /** Where the gateway reaches it: `http://127.0.0.1:4101/graphql`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the whole hub in this process; rejects with the reason where a setting, pack or composition is not sound. */
export async function startHub(options: HubOptions): Promise<RunningHub> {
  return starting(options, async (house) => {
    const { config, server, log, closing } = house;
    const { subgraphs, supergraph, joined, published, runs, examples, costOf } = await hubGraph();
    const stranger = Object.keys(config.subgraphs).find((name) => !subgraphs.some((one) => one.name === name));
    if (stranger) throw new Error(`SUBGRAPHS: there is no subgraph of the name ${stranger}`);
    const planner = await plannerOver(subgraphs, supergraph, house);
    const openIntrospection = config.environment === 'development' && config.freeQueries === 'everybody';
    const endpoint = graphqlEndpoint({
      joined,
      published,
      runs,
      planner,
      costOf,
      openIntrospection,
      mayAskFreely: (client) =>
        config.freeQueries === 'everybody' || house.clients.find(client)?.grant.freeQueries === true,
      contextFor: (caller, requestId) => contextFor(house.flows, caller, requestId),
      onFault: (error, requestId) => log.error({ requestId, fault: faultForLog(error) }, 'fault'),
      records: house.records,
    });

    const { issuer, devKeys } = await issuerOf(house);
    const authenticate = authenticatorOf(house, issuer);
    server.serve([
      graphqlRoute({ authenticate, endpoint, openIntrospection, records: house.records }),
      uploadRoute({
        authenticate,
        receiveFile: house.flows.receiveFile,
        signReceipt: house.flows.signReceipt,
        openSpoolFile: () => openSpoolFile(uploadsDirOf(config)),
        largestFile: config.largestFile,
        records: house.records,
      }),
      ...fileRoutes({
        authenticate,
        linkFile: house.flows.linkFile,
        openFileLink: house.flows.openFileLink,
        records: house.records,
        files: givenFiles(house),
        standsStill: standingOf(house),
        onRefused: house.refusals.count,
      }),
      ...auditRoutes({
        authenticate,
        proveLog: house.flows.proveLog,
        records: house.records,
        seal: house.seal.publicKeys,
      }),
      readinessRoute(house.database),
      ...(issuer ? issuerRoutes(issuer) : []),
      ...playgroundRoutes({
        shown: config.environment === 'development',
        operations: published.all,
        examples,
        signIn: issuer && devKeys && signInWith(devKeys, house),
      }),
    ]);
    const { work = config.work === null ? 'here' : config.work } = options;
    if (work === 'here') {
      const worker = workOn(house.database, house.ground);
      closing.push(() => worker.stop());
    }
    return {
      url: server.url,
      issuer: house.issuerUrl,
      databaseUrl: house.database.url,
      privateKeyOf: async (client) => {
        if (!devKeys) throw new Error('the private keys of agencies are with the agencies');
        return devKeys.privateKeyOf(client);
      },
      stop: house.stop,
    };
  });
}

/** The files that the hub gives out. */
const givenFiles = ({ flows, records, ground: { clock } }: House): GivenFile[] => [
  ...rejectedFiles({ returnRows: flows.returnRows, records, clock }),
  comparisonFile({ comparedPersons: flows.comparedPersons, records, clock }),
];

/** Starts one subgraph as a process of its own; rejects where there is none of that name. */
export async function startSubgraph(name: string, options: HubOptions): Promise<RunningSubgraph> {
  return starting(options, async (house) => {
    const { server, log, closing } = house;
    const subgraph = (await hubSubgraphs()).find((one) => one.name === name);
    if (!subgraph) throw new Error(`there is no subgraph of the name ${name}`);
    const served = await subgraphServer(subgraph, (error) => log.error({ fault: faultForLog(error) }, 'fault'));
    closing.push(() => served.stop());
    const authenticate = await internalAuthenticatorOf(house, name);
    server.serve([
      subgraphRoute(
        served,
        authenticate,
        (caller, requestId) => contextFor(house.flows, caller, requestId),
        house.records,
      ),
      readinessRoute(house.database),
    ]);
    return { url: `${server.url}/graphql`, stop: house.stop };
  });
}

/** What both kinds of process stand on. */
interface House extends TokenGround {
  readonly log: Logger;
  readonly database: HubDatabase;
  readonly ground: Ground;
  readonly flows: Flows;
  readonly records: Omit<AuditedFlows, 'flows'>;
  readonly seal: HubSeal;
  /** What must be stopped behind the door, the last first. */
  readonly closing: (() => Promise<void>)[];
  readonly stop: () => Promise<void>;
}

/** Lays the ground that a process stands on, and clears it away again where the rest of the start fails. */
async function starting<T>(options: HubOptions, finish: (house: House) => Promise<T>): Promise<T> {
  const { config } = options;
  const ground = layGround(options);
  const { log, jurisdictions } = ground;

  const closing: (() => Promise<void>)[] = [];
  let server: HttpServer | undefined;
  const stop = once(async () => {
    // The door first: requests under way still need everything behind it.
    await server?.stop();
    for (const close of closing.toReversed()) await close();
  });
  try {
    const database = await openSafeDatabase(config);
    closing.push(() => database.close());
    server = await startHttpServer(config.host, config.port, log, config.patience);
    const uploads = uploadStore(database.url, uploadsDirOf(config), database.sealing);
    closing.push(() => uploads.close());
    const revocations = followRevocations(database.url);
    closing.push(() => revocations.close());
    const refusals = refusalCounter((counts) => log.warn({ refused: counts }, 'refused'));
    closing.push(async () => refusals.stop());
    const audit = auditLog(database.url, { sealing: database.sealing });
    closing.push(() => audit.close());
    const seal = await hubSeal(
      await loadSigningKeys('AUDIT_KEY_FILE', config.auditKeyFile, config.environment === 'development'),
    );
    const checkpoints = signCheckpoints(
      database.pool,
      (head) => seal.seal('audit-checkpoint', head),
      (error) => log.error({ fault: faultForLog(error) }, 'checkpoint'),
    );
    closing.push(() => checkpoints.stop());
    const receipts: ReceiptSeal = {
      sealReceipt: (members) => seal.seal('receipt', members),
      sealCheckpoint: (head) => seal.seal('audit-checkpoint', head),
    };
    const own = { uploads, audit, receipts, signatures: agencySignaturesOf({ config, database, revocations }) };
    const alarm: Alarm = (told) => log.warn(told, 'emergency');
    const flows = bindFlows({ ...ground, alarm, ...storagePorts(database, ground), ...own });
    const records = auditedFlows(flows, {
      audit,
      budgets: budgetStore(database.walled),
      clock: ground.clock,
      jurisdictions,
    });
    const started = await finish({
      config,
      log,
      ground,
      server,
      database,
      flows: records.flows,
      records,
      seal,
      clients: clientsOf(jurisdictions),
      issuerUrl: issuerUrlOf(config, server),
      revocations,
      refusals,
      closing,
      stop,
    });
    log.info({ url: server.url }, 'serving');
    return started;
  } catch (error) {
    await stop();
    throw error;
  }
}

function storagePorts({ walled, subjectKeys }: HubDatabase, { ids }: Ground) {
  return {
    subjectKeys,
    store: receiveStore(walled, ids),
    submissions: submissionStore(walled),
    rejectedRows: rejectedRows(walled),
    fileLinks: fileLinkStore(walled),
    withdrawals: withdrawStore(walled),
    persons: personStore(walled),
    search: searchStore(walled),
    population: populationStore(walled),
    changes: changeStore(walled),
    comparisons: comparisonStore(walled),
    emergencies: emergencyStore(walled),
    reviews: reviewStore(walled, subjectKeys),
    corrections: correctionStore(walled),
    readPackText,
    failedWork: failedWork(walled),
    auditReader: auditReader(walled),
    auditProofs: auditProofs(walled),
  };
}

/** Where files are put aside while they come in. */
const uploadsDirOf = ({ dataDir }: Config): string => join(dataDir, 'uploads');

function contextFor(flows: Flows, caller: Caller | null, requestId: string): HubContext {
  return {
    caller,
    flows,
    persons: personLoader(flows, caller),
    households: householdLoader(flows, caller),
    rows: rowLoader(flows, caller),
    requestId,
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
