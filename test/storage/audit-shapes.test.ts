import { describe, expect, it } from 'vitest';
import { auditEntry, canonicalText } from '../../src/domain/audit/audit-entry.ts';
import { membersOf } from '../../src/storage/audit-members.ts';
import { EntryShapes } from '../../src/storage/audit-shapes.ts';

const PERSON = '018f0000-0000-7000-8000-00000000abcd';
const PLAIN = auditEntry({
  at: new Date('2026-03-02T02:00:00.123Z'),
  actor: { client: '130628:tax', key: null, operator: null },
  request: 'r1',
  operation: 'a "b" \\ 王',
  act: '',
  count: 12,
  everybody: true,
});

/** Shapes that have seen a text often. */
function familiarWith(text: Buffer): EntryShapes {
  const shapes = new EntryShapes();
  for (let time = 0; time < 200; time++) shapes.membersOf(text, 0, text.length);
  return shapes;
}

describe('texts of a shape that was seen before', () => {
  it.each([
    ['about nobody', PLAIN],
    ['about one', { ...PLAIN, person: PERSON, knownAt: new Date(0), submissions: [PERSON, PERSON] }],
  ])('have the members that they have by themselves, whatever byte differs: %s', (_why, entry) => {
    const text = Buffer.from(canonicalText(entry));
    const shapes = familiarWith(text);
    for (let at = 0; at < text.length; at++) {
      const before = text[at]!;
      for (let byte = 0; byte < 256; byte++) {
        text[at] = byte;
        const alone = membersOf(text, 0, text.length);
        // One expectation for each of a hundred thousand would take half a minute.
        if (JSON.stringify(shapes.membersOf(text, 0, text.length)) !== JSON.stringify(alone)) {
          expect(shapes.membersOf(text, 0, text.length), text.toString('latin1')).toEqual(alone);
        }
      }
      text[at] = before;
    }
  });

  it('have them wherever they begin, counted from there', () => {
    const text = Buffer.from(canonicalText({ ...PLAIN, person: PERSON }));
    const shapes = familiarWith(text);
    for (const before of [0, 1, 2, 3, 117]) {
      const moved = Buffer.concat([Buffer.alloc(before, '"'), text, Buffer.from('"')]);
      expect(shapes.membersOf(moved, before, before + text.length)).toEqual(membersOf(text, 0, text.length));
    }
  });

  it('are told from those of another shape and the same length', () => {
    const [one, other] = [
      { ...PLAIN, act: 'knownAt', person: PERSON },
      { ...PLAIN, act: 'findone', person: PERSON },
    ];
    const text = Buffer.from(canonicalText(one));
    const hidden = Buffer.from(canonicalText(other).replace('"person"', '"persom"'));
    expect(hidden.length).toBe(text.length);
    expect(familiarWith(text).membersOf(hidden, 0, hidden.length)).toMatchObject({ person: { from: -1 } });
  });

  it('have none where they are no entry, however often they come', () => {
    const text = Buffer.from('{"at":"2026-03-02T02:00:00.123Z","person":{}}');
    expect(familiarWith(text).membersOf(text, 0, text.length)).toEqual(membersOf(text, 0, text.length));
    const cut = Buffer.from('{"at":"2026-03-02T02:00:00.123Z"');
    expect(familiarWith(cut).membersOf(cut, 0, cut.length)).toBeUndefined();
  });
});
