// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../command/section-command.js';
import { loadConfig } from '../config/load.js';
import { SECTIONS } from '../config/sections.js';
import { collectorConfigForUp, exportTarget, probeConfigForUp } from './up.js';

function context(flags: Record<string, unknown>): CommandContext {
  const sources = { file: undefined, environment: {}, flags: new Map(Object.entries(flags)) };
  const { config, given } = loadConfig(SECTIONS, sources);
  const isGiven = (key: string): boolean => given.has(key);
  const reread = (): CommandContext => context(flags);
  return { config, reread, check: false, isGiven, arguments: [], options: {} };
}

describe('weir up', () => {
  it('keeps the flows of the sample apart from those of a network', () => {
    expect(collectorConfigForUp(context({})).dataFolder).toBe('./data/sample');
    expect(collectorConfigForUp(context({ 'probe.interface': 'lo' })).dataFolder).toBe('./data');
    expect(collectorConfigForUp(context({ 'collector.dataFolder': 'd' })).dataFolder).toBe('d');
  });

  it('takes what its own probe sends, whoever else may send', () => {
    const allowed = (flags: Record<string, unknown>) =>
      collectorConfigForUp(context(flags)).allowedExporters;
    expect(allowed({})).toEqual([]);
    const named = { 'collector.allowedExporters': ['192.0.2.0/24'] };
    expect(allowed(named)).toEqual(['192.0.2.0/24', '127.0.0.1']);
    const listen = ['[::]:2055'];
    expect(allowed({ ...named, 'collector.listen': listen })).toContain('::1');
  });

  it('plays the sample only when there is no source', () => {
    expect(probeConfigForUp(context({}))).toMatchObject({ loop: true });
    expect(probeConfigForUp(context({ 'probe.read': 'a' })).replay).toBeUndefined();
  });

  it('shows flows early unless told otherwise', () => {
    expect(probeConfigForUp(context({}))).toMatchObject({
      activeTimeoutSeconds: 5,
      exportOnClassify: true,
    });
    const given = context({ 'probe.activeTimeoutSeconds': 60 });
    expect(probeConfigForUp(given).activeTimeoutSeconds).toBe(60);
  });

  it.each([
    ['0.0.0.0:2055', 'netflow9://127.0.0.1:2055'],
    ['[::]:9995', 'netflow9://[::1]:9995'],
    ['192.0.2.1:2055', 'netflow9://192.0.2.1:2055'],
  ])('exports to %s as %s', (listen, target) => {
    expect(exportTarget(listen)).toBe(target);
  });
});
