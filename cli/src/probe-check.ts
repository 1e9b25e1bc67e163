// SPDX-License-Identifier: Apache-2.0
// `--check` of a probe: builds it, and looks whether what its configuration names is there.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { Probe, type ProbeConfig, parseTarget, userToBecome } from '@weir/probe';
import { CommandError } from './errors.js';
import { checkNetwork } from './network-check.js';

/** Interfaces by name; the folder knows those without an address too. */
const INTERFACES = '/sys/class/net';

function checkCapture(file: string | undefined): void {
  if (file === undefined || file === '-') return;
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw new CommandError(
      'WEIR_CLI_CANNOT_READ_CAPTURE',
      `cannot read the capture file: ${(error as Error).message}. Check the path and its rights.`,
    );
  }
}

function checkInterface(name: string | undefined): void {
  if (name === undefined || existsSync(path.join(INTERFACES, name))) return;
  throw new CommandError(
    'WEIR_CLI_NO_SUCH_INTERFACE',
    `there is no interface "${name}". With an address there are: ` +
      `${Object.keys(networkInterfaces()).join(', ')}; "ip link" shows all.`,
  );
}

function checkOutput(file: string | undefined): void {
  if (file === undefined || file === '-') return;
  try {
    accessSync(
      statSync(file, { throwIfNoEntry: false }) ? file : path.dirname(file),
      constants.W_OK,
    );
  } catch (error) {
    throw new CommandError(
      'WEIR_CLI_CANNOT_WRITE',
      `cannot write ${file}: ${(error as Error).message}. Check the folder and its rights.`,
    );
  }
}

/**
 * Changes nothing: leaves no socket, no file, not even compiled signatures in the cache.
 * @throws CommandError WEIR_CLI_CANNOT_READ_CAPTURE, WEIR_CLI_NO_SUCH_INTERFACE, WEIR_CLI_CANNOT_WRITE,
 *   and what building the probe and asking the network throw
 */
export async function checkProbe(config: ProbeConfig): Promise<void> {
  new Probe(config).build('read-only');
  userToBecome(config.user);
  checkCapture(config.read);
  checkCapture(config.replay);
  checkInterface(config.interface);
  checkOutput(config.records);
  checkOutput(config.stats);
  for (const { path: file } of config.export.map(parseTarget)) checkOutput(file || undefined);
  await checkNetwork(config);
}
