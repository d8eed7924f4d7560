import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { LineCounter } from 'yaml';
import { checkPack } from '../domain/policy/check-pack.ts';
import type { PolicyPack } from '../domain/policy/policy-pack.ts';
import type { ReadPackText } from '../flows/ports-compare.ts';
import { packShape } from './pack-shape.ts';
import { lineOf, PackError, packValues, parsePackText } from './pack-text.ts';

/** Reads one pack from YAML text and checks it. Throws {@link PackError} naming every mistake by its place in the file. */
export function readPack(file: string, text: string): PolicyPack {
  const lines = new LineCounter();
  const document = parsePackText(file, text, lines);
  const malformed = document.errors.map((error) => ({
    where: `第${lines.linePos(error.pos[0]).line}行`,
    zh: 'YAML 格式错误',
    en: error.code,
  }));
  if (malformed.length > 0) throw new PackError(file, malformed);

  const read = packShape.safeParse(packValues(file, document));
  if (!read.success) {
    throw new PackError(
      file,
      read.error.issues.map((issue) => ({
        where: `${lineOf(document, issue.path, lines)}${
          issue.path.map((part) => (typeof part === 'number' ? `第${part + 1}项` : String(part))).join(' › ') || '文件'
        }`,
        zh: '形状不对',
        en: issue.message,
      })),
    );
  }
  const rules = Object.fromEntries(Object.entries(read.data.rules).map(([id, entry]) => [id, { id, ...entry }]));
  const pack: PolicyPack = { ...read.data, rules, digest: createHash('sha256').update(text).digest('hex') };
  const problems = checkPack(pack);
  if (problems.length > 0) throw new PackError(file, problems);
  return pack;
}

/** Reads a pack that somebody sent, whose mistakes are an answer. */
export const readPackText: ReadPackText = (text) => {
  try {
    return { ok: true, pack: readPack('pack.yaml', text) };
  } catch (error) {
    if (error instanceof PackError) return { ok: false, problems: error.problems };
    throw error;
  }
};

/** Reads every `<folder>/pack.yaml` under a directory, in the order of their names. */
export function readPacks(directory: string): PolicyPack[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(directory, entry.name, 'pack.yaml')))
    .map((entry) => entry.name)
    .sort()
    .map((name) => readPack(`${name}/pack.yaml`, readFileSync(join(directory, name, 'pack.yaml'), 'utf8')));
}
