// SPDX-License-Identifier: Apache-2.0
// Secrets that Weir makes: so random that a plain hash of them cannot be guessed back.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_OCTETS = 32;
const ID_OCTETS = 6;

/** 256 random bits as text that fits into URLs and headers. */
export function newSecret(): string {
  return randomBytes(SECRET_OCTETS).toString('base64url');
}

/** A name for a thing that needs none: 12 hexadecimal digits. */
export function newId(): string {
  return randomBytes(ID_OCTETS).toString('hex');
}

/** What is kept of a secret: its SHA-256, in hexadecimal. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether `secret` has this digest; takes the same time wherever they differ. */
export function hasDigest(secret: string, digest: string): boolean {
  const kept = Buffer.from(digest, 'hex');
  const asked = Buffer.from(digestOf(secret), 'hex');
  return kept.length === asked.length && timingSafeEqual(kept, asked);
}

/** Key texts look like weir_ID_SECRET: tools that search repositories for leaked keys can know them. */
const KEY_TEXT = /^weir_([0-9a-f]{12})_([\w-]{43})$/;

export function keyText(id: string, secret: string): string {
  return `weir_${id}_${secret}`;
}

/** The two parts of a key's text; undefined: it is none. */
export function parseKeyText(text: string): { id: string; secret: string } | undefined {
  const [, id, secret] = KEY_TEXT.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}
