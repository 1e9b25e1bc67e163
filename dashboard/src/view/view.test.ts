// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatView, parseView, RANGES, type View, windowOf } from './view';

describe('view in the URL', () => {
  it('the default view needs no query', () => {
    expect(formatView(parseView(''))).toBe('');
  });

  it('every view comes back from its link', () => {
    for (const range of RANGES) {
      for (const metric of ['octets', 'packets', 'flows'] as const) {
        for (const application of [undefined, 'BitTorrent', 'a&b=c +ü%<script>']) {
          const view: View = { range, metric, application };
          expect(parseView(formatView(view))).toEqual(view);
        }
      }
    }
  });

  it('what it does not know falls back to the default', () => {
    expect(parseView('?range=7y&metric=colour&application=&later=1')).toEqual(parseView(''));
  });
});

describe('windowOf', () => {
  it('begins on a step and ends now', () => {
    const hour = RANGES[2];
    const now = 1_700_000_012_345;
    const window = windowOf(hour, now);
    expect(window.to).toBe(now);
    expect(window.from % (hour.stepSeconds * 1000)).toBe(0);
    expect(now - window.from).toBeGreaterThanOrEqual(3_600_000);
    expect(now - window.from).toBeLessThan(3_600_000 + hour.stepSeconds * 1000);
  });
});
