// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';

/** An authority, and certificates that it vouches for, by openssl. */
export function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const authority = ['-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=authority'];
  openssl('req', '-x509', ...key, ...authority);
  for (const [name, host] of [
    ['collector', 'localhost'],
    ['elsewhere', 'elsewhere.example'],
    ['probe', 'probe.example'],
  ] as const) {
    const request = ['-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${host}`];
    openssl('req', '-new', ...key, ...request, '-addext', `subjectAltName=DNS:${host}`);
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
    const output = ['-copy_extensions', 'copy', '-out', `${name}.pem`];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signing, ...output);
  }
}
