import pg from 'pg';

/** Why a try at a job failed: stable codes, told without a word of what the job was about. */
export const JOB_CAUSES = {
  DATABASE_UNREACHABLE: ['数据库连接中断', 'the connection to the database was lost'],
  DATABASE_FULL: ['数据库空间或资源不足', 'the database ran out of space or another resource'],
  DATABASE_BUSY: ['与其他操作冲突或等待超时', 'other work stood in the way for too long'],
  DATABASE_REFUSED: ['数据库拒绝了一条语句', 'the database refused a statement'],
  OUT_OF_MEMORY: ['内存不足', 'memory ran out'],
  WORKER_DIED: ['处理进程意外终止', 'the process that did the work died'],
  FAULT: ['程序内部错误，详见日志', 'a fault of the hub; the log says where'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;
/** The code of a cause. */
export type JobCause = keyof typeof JOB_CAUSES;

const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']);

/** Names the cause behind an error, which is all that may be kept of it: its message may quote a row. */
export function causeOf(error: unknown): JobCause {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (error instanceof pg.DatabaseError && typeof code === 'string') return databaseCause(code);
  if (typeof code === 'string' && UNREACHABLE.has(code)) return 'DATABASE_UNREACHABLE';
  if (
    error instanceof Error &&
    /^Connection terminated|^Client has encountered a connection error/.test(error.message)
  ) {
    return 'DATABASE_UNREACHABLE';
  }
  return error instanceof RangeError && /allocation|string length/i.test(error.message) ? 'OUT_OF_MEMORY' : 'FAULT';
}

/** By class of SQLSTATE (PostgreSQL, appendix A). */
function databaseCause(state: string): JobCause {
  if (state.startsWith('08') || state.startsWith('57P')) return 'DATABASE_UNREACHABLE';
  if (state.startsWith('53')) return 'DATABASE_FULL';
  if (state.startsWith('40') || state.startsWith('55') || state === '57014') return 'DATABASE_BUSY';
  return 'DATABASE_REFUSED';
}
