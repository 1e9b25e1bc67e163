// SPDX-License-Identifier: Apache-2.0
// Users and keys on disk: one file that only its owner may read, replaced as a whole.
import { chmod, chown, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Role, Scope } from '@weir/wire';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { CollectorError, reasonOf } from '../errors.js';
import { withFileLock } from './file-lock.js';
import { StoredPassword } from './password.js';

const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const StoredUser = Type.Object({
  name: Type.String(),
  role: Role,
  createdMilliseconds: Type.Number(),
  /** Another with each new password: sessions that were begun with an older one are over. */
  credential: Type.String(),
  password: Type.Optional(StoredPassword),
  invitation: Type.Optional(Type.Object({ digest: Digest, expiresMilliseconds: Type.Number() })),
});
export type StoredUser = Static<typeof StoredUser>;

export const StoredKey = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(Scope),
  createdMilliseconds: Type.Number(),
  digest: Digest,
  expiresMilliseconds: Type.Optional(Type.Number()),
  certificateName: Type.Optional(Type.String()),
});
export type StoredKey = Static<typeof StoredKey>;

const AccessContent = Type.Object({
  version: Type.Literal(1),
  users: Type.Array(StoredUser),
  keys: Type.Array(StoredKey),
});

/** Everything that the file says. */
export interface AccessState {
  readonly users: readonly StoredUser[];
  readonly keys: readonly StoredKey[];
}

const OWNER_ONLY = 0o600;
const FOLDER_OF_OWNER = 0o700;

/** Where users, keys and the audit log of a data folder lie. */
export function accessFolder(dataFolder: string): string {
  return join(dataFolder, 'access');
}

/** The file of one data folder; a running collector and the command line may both change it. */
export class AccessFile {
  readonly #folder: string;
  readonly path: string;

  constructor(dataFolder: string) {
    this.#folder = accessFolder(dataFolder);
    this.path = join(this.#folder, 'access.json');
  }

  /** Undefined: there is no file yet. @throws CollectorError WEIR_COLLECTOR_ACCESS */
  async load(): Promise<AccessState | undefined> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw unreadable(this.path, reasonOf(error), error);
    });
    if (text === undefined) return undefined;
    const content = parse(text);
    if (!Check(AccessContent, content)) {
      throw unreadable(this.path, 'it is not what this Weir writes');
    }
    await this.#closeToOthers();
    return { users: content.users, keys: content.keys };
  }

  /**
   * Reads, edits and replaces the file, alone. A crash leaves the old one or the new one.
   * @throws CollectorError WEIR_COLLECTOR_ACCESS, WEIR_COLLECTOR_ACCESS_NOT_KEPT, and what `edit` throws
   */
  async change<Result>(
    edit: (state: AccessState) => { readonly state: AccessState; readonly result: Result },
  ): Promise<{ readonly state: AccessState; readonly result: Result }> {
    await this.#makeFolder();
    return withFileLock(`${this.path}.lock`, async () => {
      const edited = edit((await this.load()) ?? { users: [], keys: [] });
      await this.#save(edited.state).catch((error) => {
        throw notKept(error);
      });
      return edited;
    });
  }

  /** Differs from the last answer when the file was changed, by whomever. */
  async fingerprint(): Promise<string> {
    const found = await stat(this.path, { bigint: true }).catch(() => undefined);
    return found === undefined ? 'absent' : `${found.ino} ${found.mtimeNs} ${found.size}`;
  }

  async #makeFolder(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: FOLDER_OF_OWNER });
      await giveToOwnerOf(join(this.#folder, '..'), this.#folder);
    } catch (error) {
      throw notKept(error);
    }
  }

  async #save({ users, keys }: AccessState): Promise<void> {
    const text = `${JSON.stringify({ version: 1, users, keys }, undefined, 2)}\n`;
    const file = await open(`${this.path}.new`, 'w', OWNER_ONLY);
    try {
      await file.chmod(OWNER_ONLY);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await giveToOwnerOf(this.#folder, `${this.path}.new`);
    await rename(`${this.path}.new`, this.path);
    await syncFolder(this.#folder);
  }

  /** A copy or a restored backup may have come with wider rights. */
  async #closeToOthers(): Promise<void> {
    const { mode } = await stat(this.path);
    if ((mode & 0o077) !== 0) await chmod(this.path, OWNER_ONLY).catch(() => undefined);
  }
}

/**
 * Root at the command line makes files that the collector's own user must be able to read. A root that
 * has given up the right to do so is the collector itself, and reads them anyway.
 */
export async function giveToOwnerOf(folder: string, path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(folder);
  if (uid !== 0) await chown(path, uid, gid).catch(() => undefined);
}

/** The name of a file is on disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreadable(path: string, problem: string, cause?: unknown): CollectorError {
  const advice =
    problem === 'EACCES'
      ? "Only the collector's own user may read it, and root"
      : 'Mend it or restore a copy; or move it away, then all users and keys are gone and the next start prints a link for a new administrator';
  return new CollectorError('WEIR_COLLECTOR_ACCESS', `${path}: ${problem}. ${advice}`, cause);
}

function notKept(error: unknown): CollectorError {
  return new CollectorError(
    'WEIR_COLLECTOR_ACCESS_NOT_KEPT',
    `${reasonOf(error)}; see that the data folder is writable and its disk has room, then try again`,
    error,
  );
}
