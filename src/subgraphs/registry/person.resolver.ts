import { Arg, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Purpose } from '../../domain/access/caller.ts';
import type { IdType, ListName } from '../../domain/intake/words.ts';
import type { PlainDate } from '../../domain/time/plain-date.ts';
import type { SeenDocument } from '../../flows/answer-person.ts';
import { datedEntry } from '../claim.type.ts';
import type { HubContext } from '../context.ts';
import { claimsOf, personRoot, type PersonRoot } from '../person-key.ts';
import { unwrap } from '../refusal-error.ts';
import { DayScalar, InstantScalar } from '../scalars.ts';
import { SexWord } from '../states.ts';
import { IdTypeWord, ListWord, PurposeWord } from '../words.ts';
import { claimView, ClaimType } from './claim.type.ts';
import { MaskedText } from '../masked-text.type.ts';
import { DeathType, Identifier, Provenance, provenanceOf, RegistryPerson } from './person.type.ts';
import { MigrantWork, residence, Residence } from './residence.type.ts';

/** The person as the registry knows them. */
@Resolver(() => RegistryPerson)
export class PersonResolver {
  /** Finds one person by document. */
  @Query(() => RegistryPerson, {
    nullable: true,
    description:
      '按证件号码查一人：One person by document. Null where there is none, and where the caller may not know of them: the two look the same. Scope `person:read`; a purpose that the agency is not granted is FORBIDDEN.',
  })
  async person(
    @Arg('idNumber', () => String, { description: '证件号码：The id number; normalised as in lists.' })
    idNumber: string,
    @Arg('idType', () => IdTypeWord, {
      nullable: true,
      description:
        '证件类型：The kind of document; by default told from the number itself (RESIDENT_ID for 18 digits).',
    })
    idType: IdType | null | undefined,
    @Arg('purpose', () => PurposeWord, { description: '查询用途：Why the person is read.' }) purpose: Purpose,
    @Arg('knownAt', () => InstantScalar, {
      nullable: true,
      description: '获知时点：Answer with what the hub knew at this instant, in every subgraph; by default now.',
    })
    knownAt: Date | null | undefined,
    @Ctx() context: HubContext,
  ): Promise<PersonRoot | null> {
    const [person] = await findPeople([idNumber], idType ?? null, purpose, knownAt ?? null, context);
    return person ?? null;
  }

  /** Finds many persons by document. */
  @Directive('@listSize(assumedSize: 1000)')
  @Query(() => [RegistryPerson], {
    nullable: 'items',
    description:
      '按证件号码查多人：Persons by document, in the order asked, null where `person` would be; up to 1000, read at one go. Scope `person:read`.',
  })
  people(
    @Arg('idNumbers', () => [String], { description: '证件号码：1 to 1000 id numbers; more is BAD_USER_INPUT.' })
    idNumbers: string[],
    @Arg('idType', () => IdTypeWord, {
      nullable: true,
      description:
        '证件类型：The kind of document of all of them; by default told from the number itself (RESIDENT_ID for 18 digits).',
    })
    idType: IdType | null | undefined,
    @Arg('purpose', () => PurposeWord, { description: '查询用途：Why they are read.' }) purpose: Purpose,
    @Arg('knownAt', () => InstantScalar, {
      nullable: true,
      description: '获知时点：Answer with what the hub knew at this instant, in every subgraph; by default now.',
    })
    knownAt: Date | null | undefined,
    @Ctx() context: HubContext,
  ): Promise<(PersonRoot | null)[]> {
    return findPeople(idNumbers, idType ?? null, purpose, knownAt ?? null, context);
  }

  /** The jurisdiction in which the person was read. */
  @FieldResolver(() => ID, { description: '统筹区：The jurisdiction that answers, by its region code.' })
  jurisdiction(@Root() person: PersonRoot): string {
    return person.view.jurisdiction;
  }

  /** What the record was known at. */
  @FieldResolver(() => InstantScalar, { description: '获知时点：The instant at which this is what the hub knew.' })
  knownAt(@Root() person: PersonRoot): Date {
    return person.view.knownAt;
  }

  /** The name that counts. */
  @FieldResolver(() => String, {
    nullable: true,
    description:
      '姓名：The name that counts, masked to its first character (张*) unless `person:reveal` is granted and the request says why (header `reveal-reason`); others stand in `provenance`. Null where no claim that stands gives one.',
  })
  name(@Root() person: PersonRoot): string | null {
    return person.view.record.name?.value ?? null;
  }

  /** The id number, masked. */
  @FieldResolver(() => MaskedText, {
    description:
      '证件号码：The number of the person’s resident identity card, or of the first document that names them.',
  })
  idNumber(@Root() person: PersonRoot): MaskedText {
    return mainDocument(person).number;
  }

  /** Every document that names the person. */
  @FieldResolver(() => [Identifier], { description: '全部证件：Every document that names the person.' })
  identifiers(@Root() person: PersonRoot): Identifier[] {
    return [...person.view.documents];
  }

  /** The day of birth that counts. */
  @FieldResolver(() => DayScalar, {
    nullable: true,
    description: '出生日期：The day of birth that counts, from the id number or a list; null where neither tells.',
  })
  birthDate(@Root() person: PersonRoot): PlainDate | null {
    return person.view.record.birthDate?.value ?? null;
  }

  /** The sex that the id number states. */
  @FieldResolver(() => SexWord, {
    nullable: true,
    description: '性别：The sex that the id number states; null where the document states none.',
  })
  sex(@Root() person: PersonRoot): string | null {
    return person.view.record.sex;
  }

  /** What is known of a death. */
  @FieldResolver(() => DeathType, {
    nullable: true,
    description: '死亡信息：What is known of the person’s death; null where the caller may not see the deaths list.',
  })
  death(@Root() person: PersonRoot): DeathType | null {
    return person.view.record.death;
  }

  /** The household number that counts. */
  @FieldResolver(() => String, {
    nullable: true,
    description:
      '户号：The household number; null where no list states one or the caller may not see the residents list.',
  })
  householdNumber(@Root() person: PersonRoot): string | null {
    return person.view.record.householdNumber?.value ?? null;
  }

  /** The place that counts. */
  @FieldResolver(() => String, {
    nullable: true,
    description:
      '行政区划代码：The place of the person, down to the village where a list names it; null where none does, or the list is not granted to the caller.',
  })
  regionCode(@Root() person: PersonRoot): string | null {
    return person.view.record.regionCode?.value ?? null;
  }

  /** Where each value came from. */
  @FieldResolver(() => [Provenance], {
    description:
      '数据溯源：For each value of the record that lists state: the rows behind it and the values that lost.',
  })
  provenance(@Root() person: PersonRoot): Provenance[] {
    return provenanceOf(person.view.record);
  }

  /** The claims that the caller may see. */
  @FieldResolver(() => [ClaimType], {
    description:
      '申报记录：The claims that stood, of the lists that the caller may see, in the order in which the hub was told.',
  })
  claims(
    @Root() person: PersonRoot,
    @Arg('list', () => [ListWord], { nullable: true, description: '名单：Only claims of these lists; all by default.' })
    list?: ListName[] | null,
  ): ClaimType[] {
    const chosen = list ? person.view.claims.filter((claim) => list.includes(claim.list)) : person.view.claims;
    return chosen.map((claim) => claimView(claim));
  }

  /** Registrations at a place. */
  @FieldResolver(() => [Residence], {
    description: '户籍和居住登记：Registrations at a place; empty where the caller may not see the residents list.',
  })
  residences(@Root() person: PersonRoot): Residence[] {
    return claimsOf(person, 'residents').map(residence);
  }

  /** Spans of working away. */
  @FieldResolver(() => [MigrantWork], {
    description: '外出务工：Spans of working away from home; empty where the caller may not see the list.',
  })
  migrantWork(@Root() person: PersonRoot): MigrantWork[] {
    return claimsOf(person, 'migrant-workers').map(datedEntry);
  }
}

async function findPeople(
  idNumbers: readonly string[],
  idType: IdType | null,
  purpose: Purpose,
  knownAt: Date | null,
  context: HubContext,
): Promise<(PersonRoot | null)[]> {
  const documents = idNumbers.map((idNumber) => ({ idType, idNumber }));
  const views = unwrap(await context.flows.findPeople(documents, purpose, knownAt, context.caller));
  for (const view of views) if (view) context.persons.remember(view, knownAt);
  return views.map((view) => personRoot(view, knownAt));
}

/** The document to show a person by. */
function mainDocument(person: PersonRoot): SeenDocument {
  const { documents } = person.view;
  const main = documents.find(({ idType }) => idType === 'RESIDENT_ID') ?? documents[0];
  if (!main) throw new Error('a person without a document');
  return main;
}
