import { Arg, Ctx, Directive, Int, Query, Resolver } from 'type-graphql';
import type { Purpose } from '../../domain/access/caller.ts';
import type { HubContext } from '../context.ts';
import { connectionOf } from '../paging.ts';
import { personRoot } from '../person-key.ts';
import { unwrap } from '../refusal-error.ts';
import { PurposeWord } from '../words.ts';
import { PersonConnection } from './person-connection.type.ts';
import { PeopleSearchedInput } from './search-people.input.ts';

/** Finding people without knowing their documents. */
@Resolver()
export class SearchPeopleResolver {
  /** Searches people. */
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges"], requireOneSlicingArgument: false)')
  @Query(() => PersonConnection, {
    description:
      '检索人员：People of the jurisdiction by name, birthday, village, household, identity and enrolment, in an order that keeps equal names together and stays the same, as they are known now. An agency that knows only its own people searches among these. What a push says can be searched seconds later, when the persons whom it touches are decided. Numbers are masked. Scopes `person:read` and `person:search`; a purpose that the agency is not granted is FORBIDDEN.',
  })
  async searchPeople(
    @Arg('by', () => PeopleSearchedInput, { description: '检索条件：By what.' }) by: PeopleSearchedInput,
    @Arg('purpose', () => PurposeWord, { description: '查询用途：Why people are searched.' }) purpose: Purpose,
    @Ctx() context: HubContext,
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many at most, 1 to 200.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor after which to go on.' })
    after?: string | null,
  ): Promise<PersonConnection> {
    const searched = {
      name: by.name ?? null,
      birthDate: by.birthDate ?? null,
      regionCode: by.regionCode ?? null,
      householdNumber: by.householdNumber ?? null,
      policyYear: by.policyYear ?? null,
      category: by.category ?? null,
      ordinary: by.ordinary ?? false,
      enrolment: by.enrolment ?? null,
    };
    const page = unwrap(await context.flows.searchPeople(searched, purpose, first, after ?? null, context.caller));
    for (const { view } of page.items) context.persons.remember(view);
    return connectionOf(
      page,
      after ?? null,
      ({ cursor }) => cursor,
      ({ view }) => personRoot(view, null)!,
    );
  }
}
