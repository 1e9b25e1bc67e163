// SPDX-License-Identifier: Apache-2.0
import type { Example } from './schema.js';

function fromHex(hex: string) {
  const digits = hex.replaceAll(/\s/g, '');
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) throw new Error('hex wants pairs of digits');
  return Buffer.from(digits, 'hex');
}

function fromText(text: string) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: octets, not characters, are meant
  if (!/^[\x00-\xff]*$/.test(text))
    throw new Error('text wants one octet a character, up to \\xff');
  return Buffer.from(text, 'latin1');
}

function part(hex: string | undefined, text: string | undefined) {
  if (hex !== undefined && text !== undefined) throw new Error('hex or text, not both');
  if (hex !== undefined) return fromHex(hex);
  return fromText(text ?? '');
}

/** The octets that an example stands for. Throws an Error that says what is wrong with it. */
export function payloadOf(example: Example) {
  const { hex, text, padToBytes = 0, thenHex, thenText } = example;
  if (hex === undefined && text === undefined) throw new Error('an example wants hex or text');
  const head = part(hex, text);
  if (padToBytes > 0 && head.length > padToBytes) throw new Error('longer than padToBytes');
  const padding = Buffer.alloc(Math.max(0, padToBytes - head.length));
  return Buffer.concat([head, padding, part(thenHex, thenText)]);
}
