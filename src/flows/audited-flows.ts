import { PURPOSES, type AskedIn, type Caller, type Purpose } from '../domain/access/caller.ts';
import type { Spending } from '../domain/access/read-budget.ts';
import type { Answer } from '../domain/access/refusal.ts';
import { auditEntry, type AuditEntry } from '../domain/audit/audit-entry.ts';
import { numbersLeftOut } from '../domain/audit/numbers-left-out.ts';
import { AUDIT_RULES, type Act, type Asked, type AuditRule, type Told } from './audit-rules.ts';
import type { Flows } from './flows.ts';
import { BudgetSpent } from './ports-budget.ts';
import type { AuditLog } from './ports-audit.ts';
import { AuditUnavailable } from './ports-audit.ts';
import { ReadBudgets, type BudgetPorts } from './read-budgets.ts';

/** What it takes to put things down. */
export interface AuditPorts extends BudgetPorts {
  readonly audit: AuditLog;
}

/** Everything that the hub does, with what of it is put down in the audit log. */
export interface AuditedFlows {
  /**
   * The flows. What one of them tells within a request (`caller.request`) is noted, one entry a person and request, and put down by
   * {@link settle}; outside of a request it is put down before the flow answers.
   */
  readonly flows: Flows;
  /**
   * Puts down what was noted of a caller's request. Whoever answers a request waits for it before anything leaves; rejects with
   * {@link AuditUnavailable} where it cannot be done, and with {@link BudgetSpent} where it would tell of more people than the caller may
   * be told of for now: then that is put down instead. Either way nothing may leave.
   */
  settle(caller: Caller): Promise<void>;
  /** Notes that a request was denied; once for each request, whatever else of it is denied. */
  denied(caller: Caller, reason: string, act?: string): void;
}

/** People of a stream that are put down, and held back meanwhile, at a time. */
const TOGETHER = 500;

/** Has what flows tell put down. */
export function auditedFlows(flows: Flows, ports: AuditPorts): AuditedFlows {
  const desk = new Desk(ports);
  const acts = Object.keys(AUDIT_RULES) as Act[];
  return {
    flows: Object.fromEntries(acts.map((act) => [act, audited(act, flows, desk)])) as unknown as Flows,
    settle: (caller) => desk.settle(caller),
    denied: (caller, reason, act) => desk.deny(caller, reason, act ?? 'door'),
  };
}

/** Entries of one request on their way. */
interface Ledger {
  /** By whom they are about, so that a person read twice in a request is put down once; a push by its submission. */
  readonly entries: Map<string, AuditEntry>;
  denied: boolean;
  /** Why nothing of the request is answered any more, whatever becomes of the error. */
  stopped: unknown;
  /** When all that was asked to be put down is. */
  settled: Promise<void>;
}

// On the request itself: the tables of a weak map that have grown old keep their ledgers until everything is collected.
const LEDGER = Symbol('ledger');
type LedgerHolder = AskedIn & { readonly [LEDGER]?: Ledger };

/** Notes entries by request, and puts them down. */
class Desk {
  readonly #ports: AuditPorts;
  readonly #budgets: ReadBudgets;

  constructor(ports: AuditPorts) {
    this.#ports = ports;
    this.#budgets = new ReadBudgets(ports);
  }

  note(caller: Caller, act: Act, told: Told): void {
    const { entries } = this.#ledgerOf(caller);
    for (const entry of this.#entriesOf(caller, act, told)) {
      const key = [entry.person ?? entry.act, entry.purpose, entry.emergency, ...entry.submissions].join(' ');
      entries.set(key, merged(entries.get(key), entry));
    }
  }

  deny(caller: Caller, reason: string, act: string, purpose: Purpose | null = null): void {
    const ledger = this.#ledgerOf(caller);
    if (ledger.denied) return;
    ledger.denied = true;
    ledger.entries.set('denied', auditEntry({ ...this.#noteOf(caller, act), decision: 'DENIED', reason, purpose }));
  }

  settle(caller: Caller): Promise<void> {
    const ledger = this.#ledgerOf(caller);
    // One after another: who asks what the log has come to waits for what somebody else has begun to put down.
    const settled = ledger.settled.then(() => this.#settle(caller, ledger));
    ledger.settled = settled;
    return settled;
  }

  async #settle(caller: Caller, ledger: Ledger): Promise<void> {
    const entries = [...ledger.entries.values()];
    ledger.entries.clear();
    if (ledger.stopped) throw ledger.stopped;
    if (entries.length > 0) await this.#put(caller, entries);
  }

  /** Puts people of a stream down at once. */
  async put(caller: Caller, act: Act, told: Told): Promise<void> {
    await this.#put(caller, this.#entriesOf(caller, act, told));
  }

  /** Puts down whom the caller is about to be told of, or that it was too many: then what the request has changed stays put down. */
  async #put(caller: Caller, entries: readonly AuditEntry[]): Promise<void> {
    const { audit } = this.#ports;
    await this.#orNothing(caller, async () => {
      try {
        await this.#budgets.spend(caller, spendingOf(entries));
      } catch (error) {
        if (!(error instanceof BudgetSpent)) throw new AuditUnavailable({ cause: error });
        this.#ledgerOf(caller).denied = true;
        const alarm = auditEntry({ ...this.#noteOf(caller, 'budget'), decision: 'DENIED', reason: error.code });
        await audit.append(caller.jurisdiction, [...entries.filter(hasChanged), alarm]);
        throw error;
      }
      await audit.append(caller.jurisdiction, entries);
    });
  }

  /** Rejects while the log cannot be written. */
  mustBeWritable(caller: Caller): Promise<void> {
    return this.#orNothing(caller, () => this.#ports.audit.check());
  }

  /** Does something without which nothing of the request may be answered. */
  async #orNothing(caller: Caller, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#ledgerOf(caller).stopped ??= error;
      throw error;
    }
  }

  #ledgerOf(caller: Caller): Ledger {
    const request: LedgerHolder | undefined = caller.request;
    if (!request) throw new Error('this is told within a request only');
    const known = request[LEDGER];
    if (known) return known;
    const value: Ledger = { entries: new Map(), denied: false, stopped: undefined, settled: Promise.resolve() };
    // Not among its own members: whoever prints, compares or copies a request has no ledger in it.
    Object.defineProperty(request, LEDGER, { value });
    return value;
  }

  #noteOf({ client, key, operator, request, revealBecause }: Caller, act: string) {
    return {
      at: this.#ports.clock.now(),
      actor: { client, key: key ?? null, operator: operator ?? null },
      request: request?.id ?? '',
      operation: request?.operation ?? '',
      act,
      // Words of the asker's own: a number that slipped into them stays out.
      revealBecause: revealBecause === undefined ? null : numbersLeftOut(revealBecause),
    };
  }

  #entriesOf(caller: Caller, act: Act, { persons, count, ...told }: Told): AuditEntry[] {
    const note = { ...this.#noteOf(caller, act), ...told };
    if (!persons) return [auditEntry({ ...note, count: count ?? null })];
    const [only = null] = persons;
    if (persons.length === 1 && only !== null) return [auditEntry({ ...note, person: only })];
    const base = auditEntry(note);
    const known = [...new Set(persons.filter((person) => person !== null))];
    const missed = persons.filter((person) => person === null).length;
    const entries = known.map((person) => ({ ...base, person }));
    // Who is asked for and not told leaves a trace as well: the same for nobody there as for somebody who must not be known of.
    return missed > 0 || known.length === 0 ? [...entries, { ...base, kinds: [], count: missed }] : entries;
  }
}

/** Flows that are asked for somebody by a number. Ids that the hub itself has given out are nothing that could be guessed. */
const BY_NUMBER: ReadonlySet<string> = new Set<Act>(['findPeople', 'whoLooked', 'findHousehold']);

/** Whom entries tell of: an agency's own rows that it is sent back tell it of nobody. */
function spendingOf(entries: readonly AuditEntry[]): Spending {
  const persons = new Set<string>();
  let misses = 0;
  for (const { decision, act, person, count } of entries) {
    if (decision !== 'GRANTED' || act === 'returnRows') continue;
    if (person !== null) persons.add(person);
    else if (BY_NUMBER.has(act)) misses += count ?? 0;
  }
  return { persons: persons.size, misses };
}

const hasChanged = ({ act, decision }: AuditEntry): boolean => {
  const rule = Object.hasOwn(AUDIT_RULES, act) ? AUDIT_RULES[act as Act] : 'NOBODY';
  return decision === 'GRANTED' && typeof rule !== 'string' && 'changes' in rule;
};

function merged(before: AuditEntry | undefined, now: AuditEntry): AuditEntry {
  if (!before) return now;
  const both = <T>(one: readonly T[], other: readonly T[]): readonly T[] => [...new Set([...one, ...other])];
  return {
    ...before,
    knownAt: before.knownAt ?? now.knownAt,
    kinds: both(before.kinds, now.kinds),
    scopes: both(before.scopes, now.scopes),
    count: before.count === null && now.count === null ? null : (before.count ?? 0) + (now.count ?? 0),
  };
}

type AnyFlow = (...asked: readonly unknown[]) => Answer<unknown> | Promise<Answer<unknown>>;
type AnyRule = {
  readonly changes?: true;
  tell?(given: unknown, asked: readonly unknown[]): Told | null;
  stream?(given: unknown, asked: readonly unknown[]): Streamed;
};
type Streamed = Omit<Told, 'persons'> & {
  readonly given: AsyncIterable<unknown>;
  personOf(one: unknown): string | null;
  with(recorded: AsyncIterable<unknown>): unknown;
};

function audited<A extends Act>(act: A, flows: Flows, desk: Desk): (...asked: Asked<A>) => unknown {
  const flow = flows[act] as unknown as AnyFlow;
  const known: AuditRule<A> = AUDIT_RULES[act];
  const rule = typeof known === 'string' ? {} : (known as unknown as AnyRule);

  const record = (caller: Caller, answer: Answer<unknown>, asked: readonly unknown[]): void => {
    if (!answer.ok) return desk.deny(caller, answer.refusal.code, act, purposeIn(asked));
    const told = rule.tell?.(answer.value, asked);
    if (told) desk.note(caller, act, told);
  };
  const stream = async (caller: Caller, answer: Answer<unknown>, asked: readonly unknown[]) => {
    if (!answer.ok || !rule.stream) return answer;
    const { given, personOf, with: withRecorded, ...told } = rule.stream(answer.value, asked);
    const recorded = await putDownFirst(given, (some) =>
      desk.put(caller, act, { ...told, persons: some.map((one) => personOf(one)) }),
    );
    return { ok: true, value: withRecorded(recorded) } as const;
  };

  return (...asked) => {
    const caller = (asked as readonly unknown[]).find(isCaller);
    // Who has no token is only counted, at the door.
    if (!caller) return flow(...asked);
    const within = caller.request ? caller : { ...caller, request: { id: '', operation: act } };
    const work = async (): Promise<Answer<unknown>> => {
      if (rule.changes) await desk.mustBeWritable(within);
      if (known === 'TELLS_LOG') await desk.settle(within);
      const answer = await flow(...asked);
      record(within, answer, asked);
      if (!caller.request) await desk.settle(within);
      return stream(within, answer, asked);
    };
    if (rule.changes || !isAtOnce(act)) return work();
    const answer = flow(...asked) as Answer<unknown>;
    record(caller, answer, asked);
    return answer;
  };
}

/** Flows that answer at once, and so cannot wait for the log: their callers come with a request, which is settled by its door. */
const isAtOnce = (act: Act): boolean =>
  act === 'decideAll' || act === 'decideBenefit' || act === 'policyPacks' || act === 'listCatalogue';

/** The purpose that a flow was asked for, by itself or within a question. */
const purposeIn = (asked: readonly unknown[]): Purpose | null =>
  asked
    .map((one) => (typeof one === 'object' && one !== null ? (one as { readonly purpose?: unknown }).purpose : one))
    .find((one): one is Purpose => typeof one === 'string' && Object.hasOwn(PURPOSES, one)) ?? null;

const isCaller = (one: unknown): one is Caller =>
  typeof one === 'object' && one !== null && (one as Partial<Caller>).scopes instanceof Set;

/** The same one after another, each only after it was put down together with those around it; the first of them before anything else. */
async function putDownFirst<T>(
  given: AsyncIterable<T>,
  put: (some: readonly T[]) => Promise<void>,
): Promise<AsyncIterable<T>> {
  const iterator = given[Symbol.asyncIterator]();
  const some = async (): Promise<readonly T[]> => {
    const taken: T[] = [];
    while (taken.length < TOGETHER) {
      const next = await iterator.next();
      if (next.done) break;
      taken.push(next.value);
    }
    if (taken.length > 0) await put(taken);
    return taken;
  };
  const first = await some();
  return (async function* () {
    for (let now = first; now.length > 0; now = await some()) yield* now;
  })();
}
