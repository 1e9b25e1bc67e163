// SPDX-License-Identifier: Apache-2.0
import type { Lab } from './lab.js';
import type { LabProcess } from './lab-process.js';
import { ADDRESSES } from './topology.js';

const ADDRESS = ADDRESSES.probe[4];
const PORT = 6379;

/** Where collector and gateway reach it. */
export const REDIS_URL = `redis://${ADDRESS}:${PORT}/0`;

/** A Redis of the lab that keeps nothing on a disk: each one begins anew. */
export async function startRedis(lab: Lab): Promise<LabProcess> {
  const where = ['--bind', ADDRESS, '--port', String(PORT), '--dir', await lab.makeFolder('redis')];
  const settings = ['--save', '', '--appendonly', 'no', '--protected-mode', 'no'];
  const server = lab.spawn('probe', ['redis-server', ...where, ...settings]);
  await server.waitFor(/Ready to accept connections/);
  return server;
}
