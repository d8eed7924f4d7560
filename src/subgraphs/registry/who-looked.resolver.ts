import { Arg, Ctx, Directive, Int, Query, Resolver } from 'type-graphql';
import type { Purpose } from '../../domain/access/caller.ts';
import type { IdType } from '../../domain/intake/words.ts';
import type { HubContext } from '../context.ts';
import { connectionOf } from '../paging.ts';
import { unwrap } from '../refusal-error.ts';
import { IdTypeWord, PurposeWord } from '../words.ts';
import { LookConnection } from './who-looked.type.ts';

/** Telling people who looked at them. */
@Resolver()
export class WhoLookedResolver {
  /** Who looked at a person. */
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges"], requireOneSlicingArgument: false)')
  @Query(() => LookConnection, {
    nullable: true,
    description:
      '谁查过我：Who looked at a person, to be shown to them: which office, when, what for, on what ground, at what kinds of things, the newest first. Looks for some purposes are told only days later, as the jurisdiction’s file says. Null where `person` would be. Scopes `person:read` and `audit:read`; it is itself put down.',
  })
  async whoLooked(
    @Arg('idNumber', () => String, { description: '证件号码：The id number; normalised as in lists.' })
    idNumber: string,
    @Arg('idType', () => IdTypeWord, {
      nullable: true,
      description:
        '证件类型：The kind of document; by default told from the number itself (RESIDENT_ID for 18 digits).',
    })
    idType: IdType | null | undefined,
    @Arg('purpose', () => PurposeWord, { description: '查询用途：Why it is asked.' }) purpose: Purpose,
    @Ctx() context: HubContext,
    @Arg('first', () => Int, { defaultValue: 50, description: 'How many at most, 1 to 200.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'The cursor after which to go on.' })
    after?: string | null,
  ): Promise<LookConnection | null> {
    const document = { idNumber, idType: idType ?? null };
    const page = unwrap(await context.flows.whoLooked(document, purpose, first, after ?? null, context.caller));
    return (
      page &&
      connectionOf(
        page,
        after ?? null,
        ({ cursor }) => cursor,
        (look) => look,
      )
    );
  }
}
