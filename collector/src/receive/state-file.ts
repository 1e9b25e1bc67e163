// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MAGIC = Buffer.from('weir exporters 1\n');
const DIGEST_OCTETS = 32;

/**
 * What is known of exporters (templates, options, sequence numbers), so that a restart does not wait
 * for them to be told again. A file that was not written to its end is none.
 */
export class StateFile {
  readonly path: string;
  #written: Buffer | undefined;

  constructor(dataFolder: string) {
    this.path = join(dataFolder, 'exporters.state');
  }

  /** Undefined when there is none, or it is not whole. */
  async read(): Promise<Uint8Array | undefined> {
    const content = await readFile(this.path).catch(() => undefined);
    const begin = MAGIC.length + DIGEST_OCTETS;
    if (content === undefined || !content.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
    const state = content.subarray(begin);
    return digest(state).equals(content.subarray(MAGIC.length, begin)) ? state : undefined;
  }

  /** Unless nothing has changed. @throws of the file system */
  async write(state: Uint8Array): Promise<void> {
    const sum = digest(state);
    if (this.#written?.equals(sum)) return;
    const partial = `${this.path}.part`;
    await writeFile(partial, Buffer.concat([MAGIC, sum, state]));
    await rename(partial, this.path);
    this.#written = sum;
  }
}

function digest(octets: Uint8Array): Buffer {
  return createHash('sha256').update(octets).digest();
}
