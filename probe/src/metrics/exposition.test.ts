// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { expositionText } from './exposition.js';

describe('expositionText', () => {
  it('escapes what a label or a help may not hold', () => {
    const labels = { path: 'a\\b"c\nd' };
    const text = expositionText([
      { name: 'm_total', type: 'counter', help: 'a\\b\nc "d"', samples: [{ labels, value: 1.5 }] },
      { name: 'none', type: 'gauge', help: 'no samples', samples: [] },
    ]);
    expect(text).toBe(
      '# HELP m_total a\\\\b\\nc "d"\n# TYPE m_total counter\nm_total{path="a\\\\b\\"c\\nd"} 1.5\n',
    );
  });
});
