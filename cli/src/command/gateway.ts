// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { sectionCommand } from './section-command.js';

export function gatewayCommand(): Command {
  return sectionCommand({
    name: 'gateway',
    summary: "apply the collector's decisions on this gateway with nftables",
    description:
      'Takes decisions from a collector and holds them in an nftables table of its own, for forwarded ' +
      'traffic only: access to the gateway itself, to the collector and to protected prefixes is never ' +
      'blocked. Needs root (CAP_NET_ADMIN).',
    sections: ['gateway'],
    examples: [
      ['weir gateway --collector http://192.0.2.10:8055', 'apply what this collector decides'],
      ['weir gateway --check', 'say whether this machine could be a gateway'],
    ],
    run: async (context) => (await import('../run/gateway.js')).runGateway(context),
  });
}
