// SPDX-License-Identifier: Apache-2.0
// What a probe opens only while it runs, with the rights that it has kept. Better known at the start
// than when it is needed.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { ProbeConfig } from './config.js';
import { ProbeError } from './errors.js';
import { signatureFiles } from './signatures/index.js';
import { parseTargets } from './targets.js';

/** Who the probe is now, as chown takes it. */
export function ownUser({ user }: ProbeConfig): string {
  return user ?? String(process.getuid?.());
}

/**
 * Whether each new file of a series can be created. Call it when rights have been given up.
 * @throws ProbeError WEIR_PROBE_CANNOT_CREATE_FILES
 */
export function checkSeriesOfFiles(config: ProbeConfig): void {
  if (config.exportRotateSeconds === undefined) return;
  const files = parseTargets(config.export).filter(({ transport }) => transport === 'file');
  for (const folder of files.map((file) => path.dirname(file.path))) {
    try {
      accessSync(folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      const user = ownUser(config);
      throw new ProbeError(
        'WEIR_PROBE_CANNOT_CREATE_FILES',
        `--export-rotate creates files while the probe runs, and user ${user} cannot with the rights ` +
          `that are left by then: ${(error as Error).message}. Let it: chown ${user} ${folder}`,
      );
    }
  }
}

/** Throws the system's error at the first signature file that a reload could not read. */
export function checkSignaturesReadable(folders: readonly string[]): void {
  for (const file of folders.flatMap(signatureFiles)) accessSync(file, constants.R_OK);
}
