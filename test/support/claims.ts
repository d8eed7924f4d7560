import type { Claim, ClaimOf } from '../../src/domain/claims/claim.ts';
import type { ListName } from '../../src/domain/intake/words.ts';

/** What a test says of a claim; everything else is filled in so that no two claims look alike. */
export type ClaimSketch<L extends ListName> = Partial<ClaimOf<L>> & Pick<ClaimOf<L>, 'attributes'>;

const uuid = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

/** Claims of one list, told one after the other, a minute apart, each by a submission of its own. */
export function claimsOfList<L extends ListName>(list: L, sketches: readonly ClaimSketch<L>[], since = 1): Claim[] {
  return sketches.map((sketch, index) => {
    const number = since + index;
    const claim = {
      id: uuid(number),
      jurisdiction: '130628',
      subjectKey: '00000000-0000-8000-8000-000000000001',
      agency: 'civil-affairs',
      list,
      key: '',
      validFrom: null,
      validTo: null,
      toldAt: new Date(Date.UTC(2025, 0, 1, 0, number)),
      firstToldAt: new Date(Date.UTC(2025, 0, 1, 0, number)),
      endedAt: null,
      submission: uuid(1_000_000 + number),
      row: 1,
      ...sketch,
    };
    return claim as unknown as Claim;
  });
}
