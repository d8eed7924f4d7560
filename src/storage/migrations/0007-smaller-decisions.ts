import { Migration } from '@mikro-orm/migrations';

/**
 * The projection of decisions keeps what is counted, listed and compared (ADR 0011): instead of the whole decision as codes the
 * days of cover. Its rows leave room on their pages, so that a decision that changes is written beside itself and no index with it.
 */
export class SmallerDecisions extends Migration {
  override up(): void {
    this.addSql(PERIODS);
    this.addSql('update decision set periods = ' + PERIODS_OF_RESULT);
    this.addSql('alter table decision alter column periods set not null, drop column result');
  }
}

const PERIODS = `
alter table decision add column periods text;
alter table decision set (fillfactor = 70);
comment on column decision.periods is '待遇享受期，ISO 8601 区间，以空格分隔'`;

const PERIODS_OF_RESULT = `coalesce((
  select string_agg((p ->> 'from') || '/' || (p ->> 'to'), ' ' order by place)
  from json_array_elements(result::json -> 'periods') with ordinality as e(p, place)), '')`;
