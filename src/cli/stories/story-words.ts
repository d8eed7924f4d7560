import { z } from 'zod';
import { parsePlainDate } from '../../domain/time/plain-date.ts';

/** A day as stories write it. */
export const day = z
  .string()
  .refine((text) => parsePlainDate(text) !== undefined, 'must be a day of the calendar, YYYY-MM-DD');

/** Yuan as a number or as decimal text; compared by value. */
export const yuan = z.union([z.number(), z.string().regex(/^\d+(\.\d{1,2})?$/, 'must be yuan, 400 or "400.00"')]);

/** What a story calls one of its persons. */
export const personName = z.string().min(1);

/** One person of a story, or several. */
export const personNames = z.union([personName.transform((name) => [name]), z.array(personName).min(1)]);
