// SPDX-License-Identifier: Apache-2.0
import { open, rename } from 'node:fs/promises';

/** Whole or not at all, also after a power cut. @throws the file system's error */
export async function writeDurably(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, 'w');
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
}
