import { Arg, Ctx, Directive, FieldResolver, Mutation, ObjectType, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../context.ts';
import { claimsOf, PersonKey, type PersonRoot } from '../person-key.ts';
import { pushList } from '../push-list.ts';
import { SubmissionType } from '../submission.type.ts';
import { PushStudentsInput } from './push-students.input.ts';
import { study, Study } from './study.type.ts';

/** What this family of lists adds to a person. */
@Directive('@key(fields: "id", resolvable: false)')
@Directive('@key(fields: "asKnown")')
@ObjectType('Person', { description: '人员：One person, with times at school.' })
export class EducationPerson extends PersonKey {}

/** The lists of times at school. */
@Resolver(() => EducationPerson)
export class EducationResolver {
  /** Takes in the list of students. */
  @Mutation(() => SubmissionType, {
    description:
      '报送在校学生名单：Pushes the list of students (教育). Every row is judged on its own; a jurisdiction that the agency may not push refuses the whole push (FORBIDDEN). Scope `list:students:push`.',
  })
  pushStudents(
    @Arg('input', () => PushStudentsInput, { description: '报送内容：The push.' }) input: PushStudentsInput,
    @Ctx() context: HubContext,
  ): Promise<SubmissionType> {
    return pushList('students', input, context);
  }

  /** Times at a school, as far as the caller may see. */
  @FieldResolver(() => [Study], {
    description:
      '在校就读：Times at a school, in the order in which the hub was told; empty where the caller may not see the list.',
  })
  studies(@Root() person: PersonRoot): Study[] {
    return claimsOf(person, 'students').map(study);
  }
}
