// SPDX-License-Identifier: Apache-2.0
// Prints a folder's signatures and samples as lines of tab-separated fields, payload and regexes in
// hexadecimal: what the native unit tests read (native/src/classify/test_signature_dump.h).
//
//   node probe/dist/signatures/dump.js signatures > signatures.dump
//
// A folder of l7-filter's files has no samples.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Application, Pattern, PortHint, ServerNameRule, SignatureSet } from '@weir/native';
import { REGISTRY_NAME } from './folder.js';
import { loadSet } from './load-set.js';
import { loadSamples } from './load-signatures.js';
import type { Sample } from './sample.js';

const hex = (text: string) => Buffer.from(text, 'utf8').toString('hex');

function applicationFields({ selector, ipProtocol, name }: Application) {
  return ['application', selector, ipProtocol, name];
}

function patternFields(pattern: Pattern) {
  const { transport, side, application, protocol, ordinal, priority } = pattern;
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
    protocol,
    ordinal,
    pattern.isBehaviour ? 'behaviour' : 'payload',
  ];
}

function serverNameFields({ suffix, isExact, application, ordinal, source }: ServerNameRule) {
  return ['serverName', isExact ? 'exact' : 'suffix', suffix, application, ordinal, source];
}

function portFields({ port, transport, application }: PortHint) {
  return ['port', transport, port, application];
}

function sampleFields({ matches, transport, side, application, payload, source }: Sample) {
  const kind = matches ? 'example' : 'nearMiss';
  return [kind, transport, side, application, payload.toString('hex'), source];
}

export function dump(set: SignatureSet, samples: readonly Sample[]) {
  const { applications, patterns, serverNames, ports, known } = set;
  const { ftp, ftpData, sip, rtp, rtcp, tls, dtls, quic, http, dns, stun, ssh, dhcp, ethereum } =
    known;
  const lines = [
    ...applications.map(applicationFields),
    ...patterns.map(patternFields),
    ...serverNames.map(serverNameFields),
    ...ports.map(portFields),
    ['known', ftp, ftpData, sip, rtp, rtcp, tls, dtls, quic, http, dns, stun, ssh, dhcp, ethereum],
    ...samples.map(sampleFields),
  ];
  return lines.map((fields) => `${fields.join('\t')}\n`).join('');
}

const folder = process.argv[2];
if (process.argv[1]?.endsWith('dump.js') && folder !== undefined) {
  const own = fileURLToPath(new URL('../../../signatures', import.meta.url));
  const samples = existsSync(path.join(folder, REGISTRY_NAME)) ? loadSamples(folder) : [];
  process.stdout.write(dump(loadSet({ base: folder, more: [], own }).set, samples));
}
