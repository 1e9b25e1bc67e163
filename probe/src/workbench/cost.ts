// SPDX-License-Identifier: Apache-2.0
// Which signatures take the time.
import { measureCosts, type PatternCost } from '@weir/native';
import type { ProbeConfig } from '../config.js';
import { signaturesOf } from '../probe.js';
import { inspectedCapture, type NamedPattern, namedPatterns } from './explain.js';

export interface NamedCost extends Omit<PatternCost, 'pattern'> {
  readonly pattern: NamedPattern;
  /** "tcp client" */
  readonly looksAt: string;
}

export interface CostReport {
  readonly file: string;
  /** TCP directions and datagrams */
  readonly heads: number;
  readonly octets: number;
  /** of the whole set, as a lane scans */
  readonly nsPerOctet: number;
  readonly patterns: readonly NamedCost[];
}

export interface CostChoice {
  readonly file: string;
  /** so many of the dearest are left out in turn, to see what the rest takes */
  readonly compared: number;
}

/** Takes seconds. @throws WEIR_CAPTURE_…, WEIR_SIGNATURE_… */
export function signatureCosts(config: ProbeConfig, { file, compared }: CostChoice): CostReport {
  const signatures = signaturesOf(config).set;
  const capture = inspectedCapture(config, file);
  const { patterns, ...sums } = measureCosts({ capture, signatures, compared });
  const named = namedPatterns(signatures);
  return {
    file,
    ...sums,
    patterns: patterns.map(({ pattern, ...cost }) => {
      const { transport, side } = signatures.patterns[pattern] as (typeof signatures.patterns)[0];
      return {
        ...cost,
        pattern: named[pattern] as NamedPattern,
        looksAt: `${transport} ${side}`,
      };
    }),
  };
}
