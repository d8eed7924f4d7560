import { scopesOf, type AgencyGrant, type Jurisdiction } from '../domain/access/caller.ts';

/** Where jurisdictions are found. */
export interface JurisdictionLookup {
  find(id: string): Jurisdiction | undefined;
  all(): readonly Jurisdiction[];
}

/** An OAuth client of the hub: one agency of one jurisdiction. */
export interface HubClient {
  /** `130628:civil-affairs`. */
  readonly id: string;
  readonly jurisdiction: Jurisdiction;
  /** The office, `civil-affairs`. */
  readonly agency: keyof Jurisdiction['agencies'];
  readonly grant: AgencyGrant;
  /** The scopes its tokens may carry. */
  readonly scopes: readonly string[];
}

/** The clients that the jurisdictions' files make; looked up on every use, so that a change counts at once. */
export interface Clients {
  find(id: string): HubClient | undefined;
  all(): readonly HubClient[];
}

/** Derives the clients from the jurisdictions. */
export function clientsOf(jurisdictions: JurisdictionLookup): Clients {
  // By what was granted, so that a client is made once for as long as that stands: the door asks each time.
  const known = new WeakMap<AgencyGrant, HubClient>();
  const clientOf = (jurisdiction: Jurisdiction, agency: string): HubClient | undefined => {
    // The name may come from a token or a request: `constructor` is no agency.
    const grant = Object.hasOwn(jurisdiction.agencies, agency)
      ? jurisdiction.agencies[agency as HubClient['agency']]
      : undefined;
    if (!grant) return undefined;
    const made = known.get(grant);
    if (made?.jurisdiction === jurisdiction && made.agency === agency) return made;
    const client = madeClient(jurisdiction, agency as HubClient['agency'], grant);
    known.set(grant, client);
    return client;
  };
  return {
    find: (id) => {
      const [jurisdiction, agency, more] = id.split(':');
      const found = more === undefined && jurisdiction !== undefined ? jurisdictions.find(jurisdiction) : undefined;
      return found && clientOf(found, agency ?? '');
    },
    all: () =>
      jurisdictions.all().flatMap((one) => Object.keys(one.agencies).flatMap((agency) => clientOf(one, agency) ?? [])),
  };
}

const madeClient = (jurisdiction: Jurisdiction, agency: HubClient['agency'], grant: AgencyGrant): HubClient => ({
  id: `${jurisdiction.id}:${agency}`,
  jurisdiction,
  agency,
  grant,
  // Whoever only asks whether there is such a client, as the door does each time, has no use for them.
  get scopes() {
    return scopesOf(grant);
  },
});
