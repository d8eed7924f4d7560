import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { workingDays } from '../../src/storage/working-days.ts';

const cases: readonly (readonly [why: string, day: string, count: number, due: string])[] = [
  ['ten days of two plain weeks', '2026-11-02', 10, '2026-11-16'],
  ['asked on a Saturday, it begins on Monday', '2026-11-07', 1, '2026-11-09'],
  ['the holiday of October is left out, the Saturday worked for it counts', '2026-09-30', 10, '2026-10-20'],
  ['the day before the holiday', '2026-09-29', 2, '2026-10-08'],
  ['a Sunday worked before the holiday counts', '2026-09-18', 1, '2026-09-20'],
  ['in another year the holiday lies otherwise', '2025-09-30', 10, '2025-10-21'],
  ['over the turn of the year', '2025-12-31', 2, '2026-01-05'],
  ['of a year whose notice is not known only weekends are left out', '2027-09-30', 2, '2027-10-04'],
  ['none at all', '2026-11-07', 0, '2026-11-07'],
];

describe('working days', () => {
  it.each(cases)('%s', (_, day, count, due) => {
    expect(workingDays.after(day, count)).toBe(due);
  });

  it('tell which years they know', () => {
    expect([2023, 2025, 2026, 2027].map((year) => workingDays.isKnown(year))).toEqual([true, true, true, false]);
  });

  it('are the same wherever the process runs', () => {
    const root = join(import.meta.dirname, '../..');
    const script = `import { workingDays } from './src/storage/working-days.ts';
      console.log(workingDays.after('2026-09-30', 10), workingDays.after('2026-03-06', 1), workingDays.isKnown(2026));`;
    for (const TZ of ['Asia/Shanghai', 'America/Los_Angeles', 'Pacific/Kiritimati', 'UTC']) {
      const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: root,
        env: { ...process.env, TZ },
      });
      expect([TZ, String(said).trim()]).toEqual([TZ, '2026-10-20 2026-03-09 true']);
    }
  });
});
