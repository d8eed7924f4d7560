/** Every reason why a file is not taken: HTTP status and what is said. Nothing of the file is repeated. */
const UPLOAD_REFUSALS = {
  NO_ROWS: [400, '文件中没有数据行', 'the file has no rows'],
  HEADINGS_DO_NOT_FIT: [400, '列名与名单不符', 'the headings do not fit the list'],
  ROW_TOO_LONG: [400, '某一行过长，或引号没有闭合', 'a row is too long, or a quotation mark is never closed'],
  FILE_BROKEN: [400, '文件损坏或不完整', 'the file is damaged or incomplete'],
  FILE_HAS_FORMULAS: [400, '文件含公式，请粘贴为数值后重新报送', 'the file has formulas; send their values instead'],
  FILE_HAS_ERROR_CELLS: [400, '文件含错误值（如 #N/A）', 'the file has error cells such as #N/A'],
  FILE_IS_ENCRYPTED: [400, '文件已加密', 'the file is encrypted'],
  TOO_MANY_ROWS: [413, '数据行数超过上限', 'the file has more rows than are taken'],
  BODY_TOO_LARGE: [413, '文件（或其解压后）过大', 'the file, or what it unpacks to, is too large'],
  UNSUPPORTED_CHARSET: [
    415,
    '文字编码应为 UTF-8 或 GB18030，且全文一致',
    'the text must be UTF-8 or GB18030, all of it the same',
  ],
  UNSUPPORTED_MEDIA_TYPE: [
    415,
    '只接收不含宏的 XLSX、CSV 和 NDJSON',
    'only XLSX without macros, CSV and NDJSON are taken',
  ],
} as const satisfies Record<string, readonly [status: number, zh: string, en: string]>;

/** A code of why a file is not taken. Stable: agencies' programs act on them. */
export type UploadRefusalCode = keyof typeof UPLOAD_REFUSALS;

/** Why a file is not taken at all, in both languages. Its words name places in the file, never what stands there. */
export class UploadRefused extends Error {
  readonly code: UploadRefusalCode;
  /** HTTP status: 400, 413 or 415. */
  readonly status: 400 | 413 | 415;
  readonly zh: string;
  readonly en: string;
  readonly more: { readonly zh: string; readonly en: string } | undefined;

  /** `more` says where or what exactly, in our own words. */
  constructor(code: UploadRefusalCode, more?: { readonly zh: string; readonly en: string }) {
    super(code);
    const [status, zh, en] = UPLOAD_REFUSALS[code];
    this.name = 'UploadRefused';
    this.code = code;
    this.more = more;
    this.status = status;
    this.zh = more ? `${zh}：${more.zh}` : zh;
    this.en = more ? `${en}: ${more.en}` : en;
  }
}
