import type { Column } from '../domain/intake/list-definition.ts';

/** The column that names the plan year; also years without a pack are taken, since a pack may come later. */
export const policyYear = {
  name: 'policyYear',
  zh: '参保年度',
  holds: { kind: 'whole-number', min: 2000, max: 2100 },
  required: true,
} as const satisfies Column;
