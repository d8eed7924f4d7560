import { createWriteStream } from 'node:fs';
import { appendFile, open, stat, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { followWork, type FollowedSubmission } from './follow-work.ts';
import { progressOn, type Progress, type Screen } from './progress.ts';
import type { PushOptions } from './push-options.ts';
import { exitCodeOf, reportLines } from './push-report.ts';
import { PushRefused, sendFile, type FileReceipt } from './send-file.ts';
import type { HubAccess } from './tokens.ts';

/** Where the command speaks. */
export interface PushScreen {
  /** One line of the outcome. */
  print(line: string): void;
  /** For progress. */
  readonly screen: Screen;
}

const STAGES: Readonly<Record<string, string>> = {
  JUDGING: '校验 / judging',
  COMPARING: '比对 / comparing',
  TAKING_IN: '入库 / taking in',
  DECIDING: '核定 / deciding',
};

/** Pushes one file, waits until it is taken in, and tells what became of it; the exit code of the command. Throws {@link PushRefused}. */
export async function pushFile(
  options: PushOptions,
  access: HubAccess,
  { print, screen }: PushScreen,
): Promise<0 | 1 | 2> {
  const progress = progressOn(screen);
  try {
    const receipt = await upload(options, access, progress);
    if (options.receiptFile !== null) await appendFile(options.receiptFile, `${receipt.signedReceipt}\n`);
    if (receipt.repeated) {
      print(
        `此前已收到，没有变化 / already received on ${receipt.receipt.receivedAt}, nothing was changed；如须重新报送请用 --key / --key pushes it anew`,
      );
    }
    const done = await followWork(receipt.id, access, (submission) => show(submission, progress));
    progress.end();
    for (const line of reportLines(done)) print(line);
    if (done.counts.rejected > 0) print(`退回行 / rejected rows: ${await fetchRejected(options, receipt, access)}`);
    return exitCodeOf(done);
  } finally {
    progress.end();
  }
}

async function upload(options: PushOptions, access: HubAccess, progress: Progress): Promise<FileReceipt> {
  const { size } = await stat(options.file);
  progress.begin('上传 / uploading', size);
  let sent = 0;
  const receipt = await sendFile(options, access, (bytes) => progress.at((sent += bytes)));
  progress.end();
  return receipt;
}

function show({ progress: work, counts }: FollowedSubmission, progress: Progress): void {
  progress.begin(work ? (STAGES[work.stage] ?? work.stage) : '排队 / waiting', counts.sent);
  if (work) progress.at(work.rowsDone);
}

/** Writes the rejected rows beside the file, readable by its owner alone; never over a file that somebody may be correcting. */
async function fetchRejected({ file, kind }: PushOptions, { links }: FileReceipt, access: HubAccess): Promise<string> {
  const link = kind.rejectedAs === 'xlsx' ? links.rejectedXlsx : links.rejectedCsv;
  const response = await fetch(access.hub + link, { headers: { authorization: `Bearer ${await access.token()}` } });
  if (!response.ok || !response.body) throw new PushRefused(`HTTP ${response.status}`);
  const { path, handle } = await newFile(file, kind.rejectedAs);
  await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(path, { fd: handle }));
  return path;
}

async function newFile(file: string, extension: string): Promise<{ path: string; handle: FileHandle }> {
  for (let nth = 1; ; nth++) {
    const path = `${file}.rejected${nth === 1 ? '' : `-${nth}`}.${extension}`;
    try {
      return { path, handle: await open(path, 'wx', 0o600) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
