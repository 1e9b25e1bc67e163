// SPDX-License-Identifier: Apache-2.0
// Configurations that can be run and that are hardly what somebody wants.
import type { ExportTarget } from '@weir/native';
import type { ProbeConfig } from './config.js';
import { parseTargets } from './targets.js';

/** NetFlow v5 has 8 bits for the source, which lanes count up. */
const ENGINE_IDS = 256;

type Targets = readonly ExportTarget[];

/** A sentence, for the configurations that it is true of. */
type ConfigWarning = readonly [
  text: string,
  isTrueOf: (config: ProbeConfig, targets: Targets) => boolean,
];

const has = (targets: Targets, wanted: Partial<ExportTarget>): boolean =>
  targets.some(
    ({ protocol, transport }) =>
      protocol === (wanted.protocol ?? protocol) && transport === (wanted.transport ?? transport),
  );

const WARNINGS: readonly ConfigWarning[] = [
  [
    'nobody gets the flows: give --export TARGET, or --records FILE',
    ({ records, stats, metrics }, targets) =>
      targets.length === 0 && [records, stats, metrics].every((output) => output === undefined),
  ],
  [
    '--export-rotate does nothing without an --export file://PATH.ipfix',
    ({ exportRotateSeconds }, targets) =>
      exportRotateSeconds !== undefined && !has(targets, { transport: 'file' }),
  ],
  [
    'without --export-rotate a % in the name of a file stands for itself and becomes no time',
    ({ exportRotateSeconds }, targets) =>
      exportRotateSeconds === undefined && targets.some(({ path }) => path.includes('%')),
  ],
  [
    '--export-mode share does nothing with less than two --export',
    ({ exportMode }, targets) => exportMode === 'share' && targets.length < 2,
  ],
  ['--loop does nothing without --replay', ({ loop, replay }) => loop && replay === undefined],
  [
    '--export-ca and --export-cert do nothing without an --export ipfix+tls://HOST:PORT',
    ({ exportAuthority, exportCertificate }, targets) =>
      (exportAuthority ?? exportCertificate) !== undefined && !has(targets, { transport: 'tls' }),
  ],
  [
    '--ipfix-flows biflow does nothing without an --export by IPFIX',
    ({ ipfixFlows }, targets) => ipfixFlows === 'biflow' && !has(targets, { protocol: 'ipfix' }),
  ],
  [
    '--export-on-classify does nothing with --engine none: no payload is looked at',
    ({ exportOnClassify, engine }) => exportOnClassify && engine[0] === 'none',
  ],
  [
    'NetFlow v5 tells the source (--observation-domain, and the lanes counting up from it) in 8 ' +
      'bits: collectors see what is left of it modulo 256',
    ({ observationDomain, lanes }, targets) =>
      observationDomain + lanes > ENGINE_IDS && has(targets, { protocol: 'netflow5' }),
  ],
];

/** For the start, and for who only checks. */
export function configWarnings(config: ProbeConfig): string[] {
  const targets = parseTargets(config.export);
  return WARNINGS.filter(([, isTrueOf]) => isTrueOf(config, targets)).map(([text]) => text);
}
