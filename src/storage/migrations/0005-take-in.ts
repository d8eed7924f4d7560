import { Migration } from '@mikro-orm/migrations';

/**
 * A place for the tables that the taking-in of a list needs for as long as it lasts. They are unlogged and have a schema of
 * their own: what is in it may be dropped whenever nobody is at work. On Citus they are local to the node that works.
 */
export class TakeIn extends Migration {
  override up(): void {
    this.addSql('create schema take_in');
    this.addSql(`comment on schema take_in is '名单接收的中间表：随时可删'`);
  }
}
