// SPDX-License-Identifier: Apache-2.0
// Passwords are kept as scrypt makes them. What it cost is kept beside, so that a later Weir may take more.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import Type, { type Static } from 'typebox';

export const StoredPassword = Type.Object({
  scheme: Type.Literal('scrypt'),
  cost: Type.Integer({ minimum: 1024, maximum: 1048576 }),
  blockSize: Type.Integer({ minimum: 8, maximum: 32 }),
  parallelization: Type.Integer({ minimum: 1, maximum: 16 }),
  salt: Type.String({ pattern: '^[0-9a-f]{32,}$' }),
  hash: Type.String({ pattern: '^[0-9a-f]{64,}$' }),
});
export type StoredPassword = Static<typeof StoredPassword>;

/** 32 MiB and about a tenth of a second for each guess. */
const COST = 32768;
const BLOCK_SIZE = 8;
const SALT_OCTETS = 16;
const HASH_OCTETS = 32;

/** More guesses at once would take the threads that the store and the files need, too. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 32;

/** Too many passwords are being checked already. */
export class HasherBusyError extends Error {
  override readonly name = 'HasherBusyError';
}

/** Hashes and checks passwords, few at once; the rest waits in a queue that has an end. */
export class PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #cost: Pick<StoredPassword, 'cost' | 'blockSize' | 'parallelization'>;
  #decoy: StoredPassword | undefined;

  /** `cost` is scrypt's N, a power of two; less than the default is for tests. */
  constructor(cost = COST) {
    this.#cost = { cost, blockSize: BLOCK_SIZE, parallelization: 1 };
  }

  /** @throws HasherBusyError */
  async hash(password: string): Promise<StoredPassword> {
    const salt = randomBytes(SALT_OCTETS);
    const hash = await this.#derive(password, { ...this.#cost, salt, octets: HASH_OCTETS });
    const texts = { salt: salt.toString('hex'), hash: hash.toString('hex') };
    return { scheme: 'scrypt', ...this.#cost, ...texts };
  }

  /**
   * Without a stored password it takes as long and is never right: whether a name exists shall not
   * show in the time. @throws HasherBusyError
   */
  async isRight(password: string, stored: StoredPassword | undefined): Promise<boolean> {
    this.#decoy ??= this.#makeDecoy();
    const { cost, blockSize, parallelization, salt, hash } = stored ?? this.#decoy;
    const kept = Buffer.from(hash, 'hex');
    const made = await this.#derive(password, {
      ...{ cost, blockSize, parallelization },
      ...{ salt: Buffer.from(salt, 'hex'), octets: kept.length },
    });
    return timingSafeEqual(kept, made) && stored !== undefined;
  }

  #makeDecoy(): StoredPassword {
    const salt = randomBytes(SALT_OCTETS).toString('hex');
    return {
      scheme: 'scrypt',
      ...this.#cost,
      salt,
      hash: randomBytes(HASH_OCTETS).toString('hex'),
    };
  }

  async #derive(password: string, options: Derivation): Promise<Buffer> {
    await this.#turn();
    try {
      return await derive(password.normalize('NFC'), options);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  /** Resolves when this caller may run; who ends hands the turn on. */
  #turn(): Promise<void> {
    if (this.#running < MOST_AT_ONCE) {
      this.#running++;
      return Promise.resolve();
    }
    if (this.#waiting.length >= MOST_WAITING) {
      throw new HasherBusyError('too many passwords are being checked; try again in a moment');
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

interface Derivation {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  readonly salt: Buffer;
  readonly octets: number;
}

function derive(password: string, options: Derivation): Promise<Buffer> {
  const { salt, octets, cost, blockSize, parallelization } = options;
  // Node refuses more than 32 MiB unless told; scrypt takes 128 · N · r octets.
  const maxmem = 256 * cost * blockSize;
  const settings: ScryptOptions = { cost, blockSize, parallelization, maxmem };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, octets, settings, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
