// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { assignCores, parseCoreList } from './machine.js';

describe('parseCoreList', () => {
  it('reads ranges and single cores', () => {
    expect(parseCoreList('0-2,5')).toEqual([0, 1, 2, 5]);
  });
});

describe('assignCores', () => {
  it.each([2, 3, 4, 8])('keeps sink and sender off the core that is measured, of %i', (count) => {
    const { program, service, sender } = assignCores(Array.from({ length: count }, (_, n) => n));
    expect([service, sender]).not.toContain(program[0]);
    expect(program[1]).not.toBe(program[0]);
  });

  it('gives each a core of its own where there are four', () => {
    const { program, service, sender } = assignCores([4, 5, 6, 7]);
    expect(new Set([...program, service, sender]).size).toBe(4);
  });

  it('makes do with a single core', () => {
    expect(assignCores([3])).toEqual({ program: [3, 3], service: 3, sender: 3 });
  });
});
