// SPDX-License-Identifier: Apache-2.0
import type { TunnelKind } from '@weir/native';
import { ProbeError } from './errors.js';

const TUNNEL_KINDS = ['gre', 'ipip', 'vxlan', 'geneve', 'gtpu'] as const satisfies TunnelKind[];

/** What the option `tunnels` takes. */
export const TUNNEL_WORDS = [...TUNNEL_KINDS, 'all', 'none'] as const;
export type TunnelWord = (typeof TUNNEL_WORDS)[number];

/** @throws ProbeError WEIR_PROBE_BAD_TUNNELS when `all` or `none` stands beside other words */
export function parseTunnels(words: readonly TunnelWord[]): readonly TunnelKind[] {
  const kinds = TUNNEL_KINDS.filter((kind) => words.includes(kind));
  const alone = words.find((word) => word === 'all' || word === 'none');
  if (alone === undefined && kinds.length > 0) return kinds;
  if (alone === undefined || words.some((word) => word !== alone)) {
    throw new ProbeError(
      'WEIR_PROBE_BAD_TUNNELS',
      `"${words.join(',')}" names no set of tunnels. Write all, none, or some of ` +
        `${TUNNEL_KINDS.join(', ')}.`,
    );
  }
  return alone === 'all' ? TUNNEL_KINDS : [];
}
