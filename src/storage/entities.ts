import { defineEntity, p } from '@mikro-orm/postgresql';
import type { Agency } from '../domain/intake/words.ts';

/** A public key by which an agency proves itself, as its table has it. */
export const AgencyKeyEntity = defineEntity({
  name: 'AgencyKey',
  tableName: 'agency_key',
  properties: {
    jurisdiction: p.text().primary(),
    agency: p.text().$type<Agency>().primary(),
    thumbprint: p.text().primary(),
    jwk: p.json<Readonly<Record<string, unknown>>>(),
    addedAt: p.datetime(3),
  },
});
