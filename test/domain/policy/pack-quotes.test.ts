import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPacks } from '../../../src/storage/pack-files.ts';

// The documents name officials, so they are kept beside the project, not in it.
const sources = process.env['POLICY_SOURCES'] ?? '../shared/policies/sources';

describe.skipIf(!existsSync(sources))(`quotations against the documents`, () => {
  for (const pack of readPacks('packs')) {
    const path = join(sources, pack.document.source);
    const text = existsSync(path) ? readFileSync(path, 'utf8').replace(/\s+/g, '') : '';
    test.each(
      Object.values(pack.rules).flatMap((rule) => (rule.quote === null ? [] : [[rule.id, rule.quote] as const])),
    )('%s stands in the text', (_, quote) => {
      let from = 0;
      for (const part of quote.split('…')) {
        const words = part.replace(/\s+/g, '');
        const at = text.indexOf(words, from);
        expect(at, `「${part}」`).toBeGreaterThanOrEqual(0);
        from = at + words.length;
      }
    });
  }
});
