import { Directive, ObjectType } from 'type-graphql';
import { PersonKey } from '../person-key.ts';

/** A person to whom this subgraph only points. */
@Directive('@key(fields: "id", resolvable: false)')
@Directive('@key(fields: "asKnown")')
@ObjectType('Person', { description: '人员：One person, to whom a row of a submission points.' })
export class ExchangePerson extends PersonKey {}
