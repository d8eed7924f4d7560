import { describe, expect, it } from 'vitest';
import { maskName, maskNumber, seenNumber } from '../../../src/domain/access/mask.ts';

describe('maskName', () => {
  it.each([
    ['张三', '张*'],
    ['欧阳娜娜', '欧***'],
    ['买买提·艾力', '买*****'],
    // Beyond the first plane: one sign, not two.
    ['𠮷田', '𠮷*'],
    ['张', '*'],
    ['', '*'],
  ])('%s is shown as %s', (name, masked) => {
    expect(maskName(name)).toBe(masked);
  });
});

describe('maskNumber', () => {
  it.each([
    ['RESIDENT_ID', '11010519491231002X', '110***********002X'],
    ['DISABILITY_CERTIFICATE', '11010519491231002X42', '110*************2X42'],
    ['BIRTH_CERTIFICATE', 'P130123456', '**********'],
    ['PASSPORT', 'E123456', '*******'],
  ] as const)('a %s %s is shown as %s', (idType, number, masked) => {
    expect(maskNumber(idType, number)).toBe(masked);
    expect(seenNumber(idType, number, false)).toEqual({ masked });
    expect(seenNumber(idType, number, true)).toEqual({ masked, whole: number });
  });
});
