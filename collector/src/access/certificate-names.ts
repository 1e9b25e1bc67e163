// SPDX-License-Identifier: Apache-2.0
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** One name of the text that Node makes of a subject alternative name; odd values stand in JSON's quotes. */
const NAME = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/y;
const KINDS = new Set(['DNS', 'IP Address', 'URI', 'email']);

/** Names of the client's certificate, none where the authority does not vouch for it. */
export function namesOfCertificate(socket: TLSSocket): string[] {
  if (!socket.authorized || typeof socket.getPeerX509Certificate !== 'function') return [];
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? [] : namesOf(certificate);
}

/** As RFC 6125 6.4.4 has it, the common name counts only where there is no alternative name. */
export function namesOf({ subject, subjectAltName }: X509Certificate): string[] {
  if (subjectAltName !== undefined) return alternativeNames(subjectAltName);
  const commonNames = subject.split('\n').filter((line) => line.startsWith('CN='));
  return commonNames.slice(-1).map((line) => line.slice('CN='.length));
}

/** A text that is not understood to its end gives no name at all. */
export function alternativeNames(text: string): string[] {
  const names: string[] = [];
  NAME.lastIndex = 0;
  while (NAME.lastIndex < text.length) {
    const [, kind = '', value = ''] = NAME.exec(text) ?? [];
    if (kind === '') return [];
    if (KINDS.has(kind)) names.push(value.startsWith('"') ? String(JSON.parse(value)) : value);
  }
  return names;
}
