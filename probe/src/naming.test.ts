// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { decidedShare, UNNAMED_FLOWS } from './naming.js';

describe('decidedShare', () => {
  it('is unknown before the first flow is settled', () => {
    expect(decidedShare({})).toBeNull();
    expect(decidedShare({ decidedFlows: 0, undecidedFlows: 7 })).toBeNull();
  });

  it.each(UNNAMED_FLOWS)('counts %s among those that have no name', (counter) => {
    expect(decidedShare({ decidedFlows: 1, [counter]: 3 })).toBe(0.25);
  });

  it('leaves flows out that may still get a name', () => {
    expect(decidedShare({ decidedFlows: 1, exhaustedFlows: 1, undecidedFlows: 8 })).toBe(0.5);
  });
});
