// SPDX-License-Identifier: Apache-2.0
import type { Engines } from '@weir/native';
import { describe, expect, it } from 'vitest';
import {
  engineShortfalls,
  enginesInUse,
  engineWarnings,
  haveFailures,
  parseEngineOrder,
} from './engines.js';

const NOTHING = { refedStreams: 0, lostStreams: 0, redoneRequests: 0, journalBytes: 0 };
const WELL: Engines = {
  order: [
    { name: 'ncore:2', matchers: 2, failure: '', reason: '' },
    { name: 'hyperscan', matchers: 0, failure: '', reason: '' },
  ],
  failures: { lost: 0 },
  ...NOTHING,
  cutRequests: 0,
  unmatchedRequests: 0,
};

describe('parseEngineOrder', () => {
  it('takes engines in their order, devices with and without a number', () => {
    expect(parseEngineOrder(['ncore:7', 'ncore', 'emulator', 'hyperscan'])).toEqual([
      { engine: 'ncore', device: 7 },
      { engine: 'ncore', device: null },
      { engine: 'emulator', device: null },
      { engine: 'hyperscan', device: null },
    ]);
  });

  it.each([[], [''], ['fast'], ['ncore:'], ['ncore:-1'], ['ncore:4294967295'], ['none', 'none']])(
    'refuses %j',
    (...words) => {
      expect(() => parseEngineOrder(words)).toThrow(
        expect.objectContaining({ code: 'WEIR_PROBE_BAD_ENGINE' }),
      );
    },
  );
});

describe('what is said of engines', () => {
  it('is nothing while the first does its work', () => {
    expect(haveFailures(WELL)).toBe(false);
    expect(engineWarnings(WELL)).toEqual([]);
    expect(engineShortfalls(WELL)).toEqual([]);
    expect(enginesInUse(WELL)).toEqual(['ncore:2']);
  });

  it('names who failed, why, and who matches instead', () => {
    const failed: Engines = {
      ...WELL,
      order: [
        { name: 'ncore:2', matchers: 0, failure: 'lost', reason: '' },
        { name: 'hyperscan', matchers: 2, failure: '', reason: '' },
      ],
    };
    expect(haveFailures(failed)).toBe(true);
    expect(engineWarnings(failed)).toEqual([
      [
        'the engine ncore:2 is out of use',
        'the engine ncore:2 is out of use, hyperscan matches instead: its device went away',
      ],
    ]);
    expect(engineShortfalls(failed)).toEqual([
      'the engine ncore:2 was out of use: its device went away',
    ]);
  });

  it('counts at the end what nobody could match', () => {
    const [text] = engineShortfalls({ ...WELL, unmatchedRequests: 3 });
    expect(text).toContain('3 requests');
  });

  it('tells of work that a device left undone, whoever did it then', () => {
    expect(engineShortfalls({ ...WELL, redoneRequests: 4, cutRequests: 2 })).toEqual([
      'the device cut 4 requests short, and hyperscan matched them again',
      'the device cut 2 requests short, and they could not be matched again',
    ]);
  });

  it('says that a device is slow', () => {
    const order = [
      { name: 'emulator', matchers: 0, failure: 'slow', reason: '' },
      { name: 'hyperscan', matchers: 1, failure: '', reason: '' },
    ];
    expect(engineWarnings({ ...WELL, order })).toEqual([
      [
        'the engine emulator is out of use',
        'the engine emulator is out of use, hyperscan matches instead: ' +
          'its device completes less than it is given',
      ],
    ]);
  });
});
