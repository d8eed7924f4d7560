/**
 * A valid 18-digit number from its first 17 digits. The check digit is found the other way round from the code under test: as
 * the character with which ISO 7064 MOD 11-2's running product comes to 1.
 */
export function withCheckDigit(first17: string): string {
  const product = [...first17].reduce((carried, digit) => ((carried + Number(digit)) * 2) % 11, 0);
  const check = (12 - product) % 11;
  return first17 + (check === 10 ? 'X' : String(check));
}

/** Different valid numbers of residents born on the day, one a sequence number (0 to 999). */
export function residentId(sequence: number, bornOn = '1980-05-15', region = '130628'): string {
  return withCheckDigit(`${region}${bornOn.replaceAll('-', '')}${String(sequence).padStart(3, '0')}`);
}
