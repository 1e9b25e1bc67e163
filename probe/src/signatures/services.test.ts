// SPDX-License-Identifier: Apache-2.0
// Weir's own services: applications that are known by the names of their servers.
import path from 'node:path';
import { parse } from 'tldts';
import { describe, expect, it } from 'vitest';
import { loadSignatures } from './load-signatures.js';

const { serverNames } = loadSignatures(path.resolve(import.meta.dirname, '../../../signatures'));

describe("Weir's own services", () => {
  it('are at least 300', () => {
    expect(new Set(serverNames.map((one) => one.application)).size).toBeGreaterThan(300);
  });

  it('have names of servers that one owner can have: host names below a public suffix', () => {
    for (const { suffix, source } of serverNames) {
      const { isIcann, publicSuffix, domain } = parse(suffix, { validateHostname: true });
      expect.soft(domain, `${source}: ${suffix} is no name below ${publicSuffix}`).not.toBeNull();
      expect.soft(isIcann, `${source}: ${publicSuffix} is no public suffix`).toBe(true);
    }
  });

  it('have no name that a shorter one of the same service already covers', () => {
    const owners = new Map(serverNames.map((one) => [one.suffix, one.application]));
    for (const { suffix, isExact, application, source } of serverNames) {
      const labels = suffix.split('.');
      const above = labels.map((_, index) => labels.slice(index + 1).join('.'));
      const nearest = above.find((one) => owners.has(one));
      if (isExact || nearest === undefined) continue;
      expect.soft(owners.get(nearest), `${source}: ${suffix} and ${nearest}`).not.toBe(application);
    }
  });
});
