// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';

/** Subjects of certificates by file name, with their alternative names. */
export type Wanted = Readonly<Record<string, readonly [subject: string, names?: string]>>;

/** NAME.pem and NAME.key of an authority of its own, by openssl. */
export function makeAuthority(folder: string, name: string): void {
  const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '2'];
  openssl(folder, 'req', '-x509', ...KEY, ...files, '-subj', `/CN=${name}`);
}

/** Certificates that an authority vouches for. */
export function makeCertificates(folder: string, authority: string, wanted: Wanted): void {
  for (const [name, [subject, names]] of Object.entries(wanted)) {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.csr`];
    const extension = names === undefined ? [] : ['-addext', `subjectAltName=${names}`];
    openssl(folder, 'req', '-new', ...KEY, ...files, '-subj', subject, ...extension);
    const by = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
    const to = ['-days', '2', '-copy_extensions', 'copy', '-out', `${name}.pem`];
    openssl(folder, 'x509', '-req', '-in', `${name}.csr`, ...by, ...to);
  }
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

function openssl(cwd: string, ...args: string[]): void {
  execFileSync('openssl', args, { cwd, stdio: 'ignore' });
}
