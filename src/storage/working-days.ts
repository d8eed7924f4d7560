import chineseDays from 'chinese-days';
import { addDays, yearOf, type PlainDate } from '../domain/time/plain-date.ts';
import type { WorkingDays } from '../flows/ports-review.ts';

/**
 * Working days by the State Council's yearly notices of holidays, as the package knows them. Of a year whose notice it does not
 * hold only the weekends are known (`isKnown`): a new year's notice comes with a new version of the package, each November.
 */
export const workingDays: WorkingDays = {
  after: (day, count) => {
    let reached = day;
    for (let left = count; left > 0;) {
      reached = addDays(reached, 1);
      if (chineseDays.isWorkday(noonOf(reached))) left -= 1;
    }
    return reached;
  },
  // Every notice names the National Day; of a year without one the package knows only the name of the weekday.
  isKnown: (year) => chineseDays.getDayDetail(noonOf(`${year}-10-01`)).name.includes('国庆节'),
};

// The package reads a day by the process's own time zone; in each of them noon lies within the day that is meant.
function noonOf(day: PlainDate): Date {
  return new Date(yearOf(day), Number(day.slice(5, 7)) - 1, Number(day.slice(8)), 12);
}
