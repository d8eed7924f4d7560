import { afterAll, afterEach, expect } from 'vitest';
import { takeLeaks } from './overheard.ts';

// Lines 97 and 102 of the security programme, over every test that there is: what a hub answers tells nothing of its inside. A hit fails
// the test in whose time it came.

// Said first: what the test itself asks afterwards counts too.
afterEach(() => expect(takeLeaks(), 'answers that tell of the inside').toEqual([]));
afterAll(() => expect(takeLeaks(), 'answers that tell of the inside').toEqual([]));
