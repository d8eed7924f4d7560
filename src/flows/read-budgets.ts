import type { Caller } from '../domain/access/caller.ts';
import { DEFAULT_BUDGET, sharesOf, type BudgetShare, type Spending } from '../domain/access/read-budget.ts';
import { BudgetSpent, type BudgetStore } from './ports-budget.ts';
import type { Clock, Jurisdictions } from './ports.ts';

/** What it takes to hold callers to their budgets. */
export interface BudgetPorts {
  readonly budgets: BudgetStore;
  readonly jurisdictions: Jurisdictions;
  readonly clock: Clock;
}

/** Callers whose drawn parts a process remembers; beyond that it draws anew, which costs them at most a part. */
const MOST_REMEMBERED = 10_000;

/** What this process has drawn of a budget and not used. */
interface Balance {
  left: number;
  until: Date;
}

/** Holds callers to their budgets of persons, by parts that are drawn ahead (ADR 0020). */
export class ReadBudgets {
  readonly #ports: BudgetPorts;
  readonly #balances = new Map<string, Balance>();
  readonly #drawing = new Map<string, Promise<void>>();

  constructor(ports: BudgetPorts) {
    this.#ports = ports;
  }

  /** Takes from the caller's budgets what it is about to be told; rejects with {@link BudgetSpent}, and takes nothing, where that is too much. */
  async spend(caller: Caller, spending: Spending): Promise<void> {
    const grant = this.#ports.jurisdictions.find(caller.jurisdiction)?.agencies[caller.agency];
    const shares = sharesOf(caller, spending, { ...DEFAULT_BUDGET, ...grant?.reads?.budget });
    // Meanwhile others may take from what was drawn: it is looked at again until nothing had to be waited for.
    for (let waited = true; waited;) {
      waited = false;
      for (const share of shares) {
        if (this.#leftOf(share) >= share.amount) continue;
        await this.#drawOnce(caller.jurisdiction, share);
        waited = true;
      }
    }
    for (const share of shares) this.#balances.get(keyOf(share))!.left -= share.amount;
  }

  #leftOf(share: BudgetShare): number {
    const balance = this.#balances.get(keyOf(share));
    return balance && balance.until > this.#ports.clock.now() ? balance.left : 0;
  }

  /** Whoever finds that somebody draws waits and looks again: a part each would spend a day's budget on the requests of a moment. */
  async #drawOnce(jurisdiction: string, share: BudgetShare): Promise<void> {
    const key = keyOf(share);
    const underWay = this.#drawing.get(key);
    // What was refused to somebody else may not be too much for this one.
    if (underWay) return underWay.catch(unlessSpent);
    const drawing = this.#draw(jurisdiction, share).finally(() => this.#drawing.delete(key));
    this.#drawing.set(key, drawing);
    return drawing;
  }

  async #draw(jurisdiction: string, share: BudgetShare): Promise<void> {
    const { budgets, clock } = this.#ports;
    const now = clock.now();
    const drawn = await budgets.draw(jurisdiction, share, share.amount - this.#leftOf(share), now);
    if (drawn.amount === 0)
      throw new BudgetSpent(Math.max(1, Math.ceil((drawn.until.getTime() - now.getTime()) / 1_000)));
    const left = this.#leftOf(share);
    if (this.#balances.size >= MOST_REMEMBERED) this.#balances.clear();
    this.#balances.set(keyOf(share), { left: left + drawn.amount, until: drawn.until });
  }
}

/** Lets what was refused to somebody be, and no fault: each of many would wait for the next one's in turn. */
function unlessSpent(error: unknown): void {
  if (!(error instanceof BudgetSpent)) throw error;
}

const keyOf = ({ client, operator, kind }: BudgetShare): string => `${kind} ${client} ${operator}`;
