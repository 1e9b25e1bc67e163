// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnrichmentConfig } from '@weir/native/collect';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Enrichment } from './enrichment.js';

let folder: string;
let networkFile: string;
let enrichment: Enrichment | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-enrichment-'));
  networkFile = join(folder, 'networks.yaml');
});

afterEach(() => {
  enrichment?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const named = (name: string) => `networks: [{ prefix: 10.0.0.0/8, name: ${name} }]`;

function started(file: string | undefined) {
  const applied: EnrichmentConfig[] = [];
  const logged: string[] = [];
  enrichment = new Enrichment({
    config: { networkFile: file },
    log: (level) => logged.push(level),
    apply: async (config) => void applied.push(config),
    checkEveryMs: 10,
  });
  return { applied, logged, started: enrichment.start() };
}

test('without files flows still get services by port', async () => {
  const { applied, started: done } = started(undefined);
  await done;
  expect(applied).toHaveLength(1);
  expect(applied[0]?.services).toContainEqual({
    protocol: 17,
    port: 53,
    name: 'DNS',
    category: 'name-service',
  });
});

test('a change of the file is taken over; one that is wrong changes nothing and is told', async () => {
  writeFileSync(networkFile, named('campus'));
  const { applied, logged, started: done } = started(networkFile);
  await done;
  writeFileSync(networkFile, named('[wrong'));
  await vi.waitFor(() => expect(logged).toContain('error'));
  expect(applied).toHaveLength(1);
  writeFileSync(networkFile, named('university'));
  await vi.waitFor(() => expect(applied).toHaveLength(2));
  expect(applied[1]?.networks[0]?.name).toBe('university');
});

test('a file that is not there is refused at the start', async () => {
  await expect(started(networkFile).started).rejects.toMatchObject({
    code: 'WEIR_COLLECTOR_NETWORK_FILE',
  });
});
