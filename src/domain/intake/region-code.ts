/**
 * A region code down to the level that it names: six digits for a county, three more for a town, three more for a village. Codes of
 * places within it begin with it.
 */
export const wideRegion = (code: string): string => code.replace(/(?<=^\d{6}(?:\d{3})*?)(?:000)+$/, '');
