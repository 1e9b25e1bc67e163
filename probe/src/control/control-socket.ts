// SPDX-License-Identifier: Apache-2.0
// Makes a Unix socket that only its owner can use, in the place of one that a killed probe left.
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import type { UserIdentity } from '@weir/native';
import type { FastifyInstance } from 'fastify';
import { ProbeError } from '../errors.js';

const OWNER_ONLY = 0o600;
const FOLDER_MODE = 0o755;

function cannotListen(socketPath: string, reason: string): ProbeError {
  return new ProbeError(
    'WEIR_PROBE_CONTROL_SOCKET',
    `no control socket at ${socketPath}: ${reason}. Give another path with --control, or "--control none".`,
  );
}

/** Whether a process answers there. */
function isAlive(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => socket.destroy() && resolve(true));
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    );
  });
}

/** @throws ProbeError WEIR_PROBE_CONTROL_IN_USE, WEIR_PROBE_CONTROL_SOCKET */
async function removeStale(socketPath: string): Promise<void> {
  const found = lstatSync(socketPath, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw cannotListen(socketPath, 'there is something that is no socket');
  if (await isAlive(socketPath)) {
    throw new ProbeError(
      'WEIR_PROBE_CONTROL_IN_USE',
      `another probe has the control socket ${socketPath}. Give this one its own with --control PATH.`,
    );
  }
  unlinkSync(socketPath);
}

/** One folder, not a tree: that would be a typo's. True when it was not there. */
function makeFolder(folder: string): boolean {
  if (existsSync(folder)) return false;
  mkdirSync(folder, { mode: FOLDER_MODE });
  return true;
}

/**
 * @param owner who will use it in the end, when root opens it for another
 * @throws ProbeError WEIR_PROBE_CONTROL_IN_USE, WEIR_PROBE_CONTROL_SOCKET
 */
export async function listenOnSocket(
  server: FastifyInstance,
  socketPath: string,
  owner: UserIdentity | null,
): Promise<void> {
  const folder = path.dirname(socketPath);
  try {
    const isNewFolder = makeFolder(folder);
    await removeStale(socketPath);
    await server.ready();
    // Between bind and chmod nobody else may connect.
    const mask = process.umask(0o177);
    const listening = server.listen({ path: socketPath });
    process.umask(mask);
    await listening;
    chmodSync(socketPath, OWNER_ONLY);
    if (owner === null) return;
    if (isNewFolder) chownSync(folder, owner.uid, owner.gid);
    chownSync(socketPath, owner.uid, owner.gid);
  } catch (error) {
    if (error instanceof ProbeError) throw error;
    throw cannotListen(socketPath, (error as Error).message);
  }
}
