// SPDX-License-Identifier: Apache-2.0
// Prints a folder's signatures and samples as lines of tab-separated fields, payload and regexes in
// hexadecimal: what the native unit tests read (native/src/classify/test_signature_dump.h).
//
//   node probe/dist/signatures/dump.js signatures > signatures.dump
import type { Application, Pattern, SignatureSet } from '@weir/native';
import { loadSamples, loadSignatures } from './load-signatures.js';
import type { Sample } from './sample.js';

const hex = (text: string) => Buffer.from(text, 'utf8').toString('hex');

function applicationFields({ selector, ipProtocol, name }: Application) {
  return ['application', selector, ipProtocol, name];
}

function patternFields(pattern: Pattern) {
  const { transport, side, application, priority } = pattern;
  const { minimumDatagramBytes, maximumDatagramBytes, source, regex } = pattern;
  const caseless = pattern.caseless ? 'caseless' : 'exact';
  const bounds = [minimumDatagramBytes, maximumDatagramBytes];
  return [
    'pattern',
    transport,
    side,
    application,
    priority,
    ...bounds,
    caseless,
    hex(regex),
    source,
  ];
}

function sampleFields({ matches, transport, side, application, payload, source }: Sample) {
  const kind = matches ? 'example' : 'nearMiss';
  return [kind, transport, side, application, payload.toString('hex'), source];
}

export function dump({ applications, patterns, known }: SignatureSet, samples: Sample[]) {
  const { ftp, ftpData, sip, rtp, rtcp, tls, dtls, quic, http, dns } = known;
  const lines = [
    ...applications.map(applicationFields),
    ...patterns.map(patternFields),
    ['known', ftp, ftpData, sip, rtp, rtcp, tls, dtls, quic, http, dns],
    ...samples.map(sampleFields),
  ];
  return lines.map((fields) => `${fields.join('\t')}\n`).join('');
}

const folder = process.argv[2];
if (process.argv[1]?.endsWith('dump.js') && folder !== undefined) {
  process.stdout.write(dump(loadSignatures(folder), loadSamples(folder)));
}
