import type pg from 'pg';
import { missingMigrations } from './migrate.ts';
import { NOBODYS } from './wall.ts';

/** Something about the database with which the hub must not start: the setting that mends it, and what is wrong. */
export interface DatabaseProblem {
  readonly variable: string;
  readonly zh: string;
  readonly en: string;
}

/** Thrown where the database is not safe to work on. Names everything that is wrong, not only the first. */
export class DatabaseUnsafe extends Error {
  readonly code = 'DATABASE_UNSAFE';
  readonly problems: readonly DatabaseProblem[];

  constructor(problems: readonly DatabaseProblem[]) {
    super(problems.map(({ variable, zh, en }) => `${variable}: ${zh} / ${en}`).join('\n'));
    this.name = 'DatabaseUnsafe';
    this.problems = problems;
  }
}

/**
 * Looks at the database as the hub's own role sees it, and throws a {@link DatabaseUnsafe} where the second wall (ADR 0018) has a gap:
 * a role that could take it down, or a table of jurisdictions that stands before it. One statement, and one for the migrations.
 *
 * @param options.durable also refuses settings under which what is acknowledged may be lost
 */
export async function checkWall(pool: pg.Pool, { durable }: { readonly durable: boolean }): Promise<void> {
  const missing = await missingMigrations(pool);
  if (missing.length > 0) {
    throw new DatabaseUnsafe([
      {
        variable: 'DATABASE_OWNER_URL',
        zh: `数据库缺少迁移 ${missing.join('、')}；请以所有者地址运行 npm run migrate`,
        en: `the database lacks the migrations ${missing.join(', ')}; run npm run migrate with the address of its owner`,
      },
    ]);
  }
  const found = await pool.query<WallState>(WALL_STATE, [Object.keys(NOBODYS)]);
  const state = found.rows[0]!;
  const problems = [...roleProblems(state), ...tableProblems(state), ...(durable ? losing(state) : [])];
  if (problems.length > 0) throw new DatabaseUnsafe(problems);
}

interface WallState {
  readonly role: string;
  /** Attributes of the role that it must not have. */
  readonly attributes: readonly string[];
  /** Tables that belong to it, or to a role that it can become. */
  readonly owned: readonly string[];
  readonly creates: boolean;
  /** Tables without row level security or which their owner may pass by, without a policy, or with one that asks for no jurisdiction. */
  readonly open: readonly string[];
  /** Settings of the server under which an acknowledged row may be lost. */
  readonly losing: readonly string[];
}

function roleProblems({ role, attributes, owned, creates }: WallState): DatabaseProblem[] {
  const faults = [
    ...attributes,
    ...(owned.length > 0 ? [`OWNER (${owned.slice(0, 3).join(', ')}${owned.length > 3 ? ', …' : ''})`] : []),
    ...(creates ? ['CREATE'] : []),
  ];
  if (faults.length === 0) return [];
  return [
    {
      variable: 'DATABASE_URL',
      zh: `角色 ${role} 权限过大：${faults.join('、')}。所有者的地址应写入 DATABASE_OWNER_URL，此处改用另一个角色，如 hub_app`,
      en: `the role ${role} may do too much: ${faults.join(', ')}. The owner's address belongs in DATABASE_OWNER_URL; give another role here, such as hub_app`,
    },
  ];
}

const tableProblems = ({ open }: WallState): DatabaseProblem[] =>
  open.length === 0
    ? []
    : [
        {
          variable: 'DATABASE_OWNER_URL',
          zh: `下列表没有行级安全：${open.join('、')}；请以所有者地址运行 npm run migrate`,
          en: `no row level security on ${open.join(', ')}; run npm run migrate with the address of the owner`,
        },
      ];

const losing = ({ losing: settings }: WallState): DatabaseProblem[] =>
  settings.map((setting) => ({
    variable: setting,
    zh: 'PostgreSQL 的此项关闭时，已确认的数据可能丢失或损坏而不被发现',
    en: 'with this setting of PostgreSQL off, what was acknowledged may be lost, or damaged unseen',
  }));

// `MEMBER`: whatever role it could become by SET ROLE counts as its own.
const WALL_STATE = `
select current_user::text as role,
  array(select a.name from pg_roles r
    cross join lateral (values ('SUPERUSER', r.rolsuper), ('BYPASSRLS', r.rolbypassrls), ('CREATEROLE', r.rolcreaterole),
      ('CREATEDB', r.rolcreatedb), ('REPLICATION', r.rolreplication)) as a(name, has)
    where a.has and pg_has_role(current_user, r.oid, 'MEMBER')
      and (r.rolname = current_user or not (select rolsuper from pg_roles where rolname = current_user))) as attributes,
  array(select c.relname::text from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and pg_has_role(current_user, c.relowner, 'MEMBER') order by 1) as owned,
  has_schema_privilege('public', 'CREATE') or has_database_privilege(current_database(), 'CREATE') as creates,
  array(select c.relname::text from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relname::text = any($1::text[])
      and not (c.relrowsecurity and c.relforcerowsecurity
        and (select bool_and(pg_get_expr(p.polqual, p.polrelid) like '%hub.jurisdiction%') from pg_policy p where p.polrelid = c.oid) is true)
    order by 1) as open,
  array(select s.name from pg_settings s
    where s.name in ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums') and s.setting = 'off'
    order by 1) as losing`;
