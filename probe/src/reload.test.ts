// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { ProbeConfig } from './config.js';
import { afterReload, planReload } from './reload.js';

const RUNNING = {
  interface: 'eth1',
  lanes: 2,
  engine: ['hyperscan'],
  activeTimeoutSeconds: 60,
  idleTimeoutSeconds: 15,
  export: ['netflow9://192.0.2.1:2055'],
  signatures: '/etc/weir/signatures',
} as unknown as ProbeConfig;

describe('planReload', () => {
  it('says nothing of what stays', () => {
    expect(planReload(RUNNING, { ...RUNNING })).toEqual({ applied: [], atNextStart: [] });
  });

  it('tells what takes effect now from what waits for the next start', () => {
    const { signatures: _, ...others } = RUNNING;
    const changed = { lanes: 4, idleTimeoutSeconds: 5, pin: '1', moreSignatures: ['/etc/ours'] };
    const wanted = { ...others, ...changed } as ProbeConfig;
    const { applied, atNextStart } = planReload(RUNNING, wanted);
    expect(applied).toEqual(['idleTimeoutSeconds', 'signatures', 'moreSignatures']);
    expect(atNextStart).toEqual(['lanes', 'pin']);
  });

  it('names a change again as long as it is not in force', () => {
    const wanted = { ...RUNNING, lanes: 4, idleTimeoutSeconds: 5 };
    const inForce = afterReload(RUNNING, wanted);
    expect(inForce).toMatchObject({ lanes: 2, idleTimeoutSeconds: 5 });
    expect(planReload(inForce, wanted)).toEqual({ applied: [], atNextStart: ['lanes'] });
  });
});
