import type { GraphQLFormattedError } from 'graphql';

/** Every error the gateway itself answers, by its stable code: HTTP status and what it says. Nothing that was sent is repeated. */
const GATEWAY_ERRORS = {
  UNAUTHENTICATED: [401, '缺少有效的访问令牌', 'a valid access token is needed'],
  GRAPHQL_PARSE_FAILED: [400, '查询语句有语法错误', 'the document has a syntax error'],
  GRAPHQL_VALIDATION_FAILED: [400, '查询语句与接口定义不符', 'the document does not fit the schema'],
  BAD_USER_INPUT: [400, '请求内容不合格', 'the request is not well formed'],
  NUMBER_IN_ADDRESS: [
    400,
    '地址中不得写证件号码，请写在请求内容中',
    'an address must hold no number of a document; send it in the body',
  ],
  DOCUMENT_TOO_COMPLEX: [400, '查询语句过于复杂', 'the document is too complex'],
  COST_LIMIT: [400, '一次查询的数据过多，请分页', 'the query asks for too much at once; ask page by page'],
  UNKNOWN_DOCUMENT: [400, '没有这个已发布的操作', 'there is no such published operation'],
  BODY_TOO_LARGE: [413, '请求内容过大', 'the request is too large'],
  UNSUPPORTED_MEDIA_TYPE: [415, '请求内容应为 UTF-8 编码的 JSON', 'the request must be JSON in UTF-8'],
  NOT_FOUND: [404, '没有这个地址', 'there is nothing at this address'],
  METHOD_NOT_ALLOWED: [405, '此地址不支持这种请求方法', 'this address does not take this method'],
  STREAM_NEEDED: [
    406,
    '订阅须以 accept: text/event-stream 请求',
    'a subscription is asked for with accept: text/event-stream',
  ],
  TOO_MANY_SUBSCRIPTIONS: [429, '同时打开的订阅过多', 'too many subscriptions are open at once'],
  TOO_MANY_AT_ONCE: [429, '同时进行的查询过多，请稍后再试', 'too many queries at once, try again later'],
  BUDGET_SPENT: [
    429,
    '查询的人数或查无此人的次数超过额度，请稍后再试',
    'more persons, or more numbers of nobody known, than may be asked for; try again later',
  ],
  AUDIT_UNAVAILABLE: [503, '审计日志无法写入，暂不提供服务', 'the audit log cannot be written, so nothing is answered'],
  NOT_READY: [503, '服务尚未就绪', 'the hub is not ready'],
  SUBGRAPH_UNAVAILABLE: [502, '部分服务暂时不可用', 'a part of the hub cannot be reached'],
  SUBGRAPH_INVALID_RESPONSE: [502, '部分服务的应答不合格，未予采用', 'a part of the hub gave no proper answer'],
  BODY_INCOMPLETE: [400, '文件没有传完，未保存', 'the file did not arrive whole; nothing of it was kept'],
  BODY_TOO_SLOW: [408, '传输过慢，已中断', 'the file came too slowly'],
  TOO_MANY_UPLOADS: [503, '正在接收的文件过多，请稍后再试', 'too many files are coming in, try again later'],
  INTERNAL_SERVER_ERROR: [500, '系统内部错误', 'internal error'],
} as const satisfies Record<string, readonly [status: number, zh: string, en: string]>;

/** A code of an error that the gateway itself answers. */
export type GatewayErrorCode = keyof typeof GATEWAY_ERRORS;

/** Codes of refusals that resolvers tell in words of their own; these words never repeat what was sent. */
const REFUSALS: ReadonlySet<unknown> = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'IDEMPOTENCY_CONFLICT',
  'SIGNATURE_REQUIRED',
  'SIGNATURE_INVALID',
  'TOO_MANY_ROWS',
  'STALE_VERSION',
  'PUSH_UNDER_WAY',
  'NOT_JUDGED_YET',
  'SUBMISSION_NOT_FAILED',
  'SUBMISSION_IN_WORK',
  'SUBMISSION_NOT_HELD',
  'WRONG_STATE',
  'PACK_INVALID',
]);

/** HTTP status of the refusals that a flow tells. */
const REFUSAL_STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  TOO_MANY_ROWS: 413,
  IDEMPOTENCY_CONFLICT: 422,
  SIGNATURE_REQUIRED: 403,
  SIGNATURE_INVALID: 422,
  STALE_VERSION: 409,
  PUSH_UNDER_WAY: 409,
  NOT_JUDGED_YET: 409,
};

/** Codes by which the planner tells that a subgraph did not answer, or not as one does. */
const NO_ANSWER = ['SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_INVALID_RESPONSE'] as const;

/** An error as clients see it. */
export interface ErrorAnswer {
  readonly message: string;
  readonly locations?: GraphQLFormattedError['locations'];
  readonly path?: GraphQLFormattedError['path'];
  readonly extensions: { readonly code: string; readonly requestId: string };
}

/** What stopped a request before anything was executed. Its text names places in the document or the variables, never values. */
export class RequestRefused extends Error {
  readonly code: GatewayErrorCode;
  readonly problems: readonly {
    readonly zh: string;
    readonly en: string;
    readonly locations?: GraphQLFormattedError['locations'];
  }[];
  /** Seconds after which to ask again, where that is known. */
  readonly retryAfter: number | undefined;

  constructor(code: GatewayErrorCode, problems: RequestRefused['problems'] = [], retryAfter?: number) {
    super(code);
    this.name = 'RequestRefused';
    this.code = code;
    this.problems = problems;
    this.retryAfter = retryAfter;
  }

  get status(): number {
    return statusOf(this.code);
  }

  /** The errors to answer: one for each problem, or the code's own sentence. */
  answers(requestId: string): ErrorAnswer[] {
    if (this.problems.length === 0) return [errorAnswer(this.code, requestId)];
    return this.problems.map(({ zh, en, locations }) => ({
      message: `${zh} / ${en}`,
      ...(locations ? { locations } : {}),
      extensions: { code: this.code, requestId },
    }));
  }
}

/** A refusal in words of its own: of a flow, or of what reads a file. Its words never repeat what was sent. */
export class ToldRefusal extends Error {
  readonly status: number;
  readonly refusal: { readonly code: string; readonly zh: string; readonly en: string };

  constructor(status: number, refusal: ToldRefusal['refusal']) {
    super(refusal.code);
    this.name = 'ToldRefusal';
    this.status = status;
    this.refusal = refusal;
  }

  /** The one error to answer. */
  answers(requestId: string): ErrorAnswer[] {
    const { code, zh, en } = this.refusal;
    return [{ message: `${zh} / ${en}`, extensions: { code, requestId } }];
  }
}

function statusOf(code: GatewayErrorCode): number {
  return GATEWAY_ERRORS[code][0];
}

/** A flow's refusal as a door answers it that does nothing else. */
export function toldRefusal(refusal: ToldRefusal['refusal']): ToldRefusal {
  return new ToldRefusal(REFUSAL_STATUS[refusal.code] ?? 400, refusal);
}

/** Refusals that are told by the status too where nothing of an operation was answered. What is absent is an answer, not a refusal. */
const TOLD_BY_STATUS: ReadonlySet<string> = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'TOO_MANY_ROWS',
  'IDEMPOTENCY_CONFLICT',
  'SIGNATURE_REQUIRED',
  'SIGNATURE_INVALID',
  'STALE_VERSION',
  'PUSH_UNDER_WAY',
]);

/** HTTP status of an answer: where every root field is refused for one and the same reason, that of the reason; else 200. */
export function statusOfAnswer({
  data,
  errors = [],
}: {
  readonly data?: unknown;
  readonly errors?: readonly ErrorAnswer[];
}): number {
  const [code, ...others] = new Set(errors.map(({ extensions }) => extensions.code));
  if (code === undefined || others.length > 0 || !TOLD_BY_STATUS.has(code)) return 200;
  const refused = new Set(errors.map(({ path }) => path?.[0]));
  const answered = Object.entries(data ?? {}).some(([name, value]) => value !== null || !refused.has(name));
  return answered ? 200 : REFUSAL_STATUS[code]!;
}

/** The one sentence of a code, in both languages. */
export function errorAnswer(code: GatewayErrorCode, requestId: string): ErrorAnswer {
  const [, zh, en] = GATEWAY_ERRORS[code];
  return { message: `${zh} / ${en}`, extensions: { code, requestId } };
}

/**
 * An error of execution as others may see it: a refusal keeps its words and its path, anything else is told as an internal error.
 * Errors without a path never came from a resolver: their text may quote what was sent, so it is replaced by the code's own.
 */
export function maskedError(
  error: GraphQLFormattedError,
): Omit<ErrorAnswer, 'extensions'> & { extensions: { code: string } } {
  const { message, path, extensions } = error;
  const code = extensions?.code;
  if (path && REFUSALS.has(code)) return { message, path, extensions: { code: String(code) } };
  const told = NO_ANSWER.find((one) => one === code) ?? 'INTERNAL_SERVER_ERROR';
  const [, zh, en] = GATEWAY_ERRORS[told];
  return { message: `${zh} / ${en}`, ...(path ? { path } : {}), extensions: { code: told } };
}

/** How a subgraph in a process of its own tells that the caller's budget of persons is spent. */
export const spentBudget = (retryAfter: number): { readonly data: null; readonly errors: GraphQLFormattedError[] } => ({
  data: null,
  errors: [{ message: 'BUDGET_SPENT', extensions: { code: 'BUDGET_SPENT', retryAfter } }],
});

/** Refuses a request whole of which a part would have told of too many people. */
export function refuseSpent(errors: readonly GraphQLFormattedError[] | undefined): void {
  const spent = errors?.find(({ extensions }) => extensions?.['code'] === 'BUDGET_SPENT');
  if (spent) throw new RequestRefused('BUDGET_SPENT', [], Number(spent.extensions!['retryAfter']) || undefined);
}

/** Is this one of the refusals that a resolver tells on purpose? Everything else is a fault of the hub, to be logged. */
export function isRefusal(error: GraphQLFormattedError): boolean {
  return REFUSALS.has(error.extensions?.code);
}

/** What may be logged of a fault: its kind, its code and where it happened. The message stays out, for it may quote a row. */
export function faultForLog(error: unknown): { readonly kind: string; readonly code?: string; readonly at?: string } {
  if (!(error instanceof Error)) return { kind: typeof error };
  const { name, message, stack, code } = error as Error & { readonly code?: unknown };
  // The stack begins with the message, whose lines may look like places themselves.
  const at = stack
    ?.replace(message, () => '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .join('\n');
  return { kind: name, ...(typeof code === 'string' ? { code } : {}), ...(at ? { at } : {}) };
}
