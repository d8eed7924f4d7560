import { Migration } from '@mikro-orm/migrations';

/** A file that is only to be judged is worked like any other, and must say so until it is. */
export class DryRuns extends Migration {
  override up(): void {
    this.addSql('alter table submission add column dry_run boolean not null default false');
    this.addSql(`comment on column submission.dry_run is '只校验：不产生申报事实'`);
  }
}
