// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { sectionCommand } from './section-command.js';

export function gatewayCommand(): Command {
  return mainCommand().enablePositionalOptions().addCommand(differenceCommand());
}

function differenceCommand(): Command {
  return sectionCommand({
    name: 'diff',
    summary: 'show what the kernel lacks of what is decided, and has too much',
    description:
      'Asks the collector what is decided and compares it with what stands in nftables and tc: "+" is ' +
      'missing, "-" is too much, "!" was changed. Changes nothing; exits with 1 where something differs.',
    sections: ['gateway'],
    examples: [['weir gateway diff --config /etc/weir/weir.yaml', 'compare']],
    run: async (context) => (await import('../run/gateway.js')).runGatewayDifference(context),
  });
}

function mainCommand(): Command {
  return sectionCommand({
    name: 'gateway',
    summary: "apply the collector's decisions on this gateway with nftables",
    description:
      'Takes decisions from a collector and holds them in an nftables table of its own, and in classes of ' +
      'HTB where rates are decided, for forwarded traffic only: access to the gateway itself, to the ' +
      'collector and to protected prefixes is never blocked. Needs CAP_NET_ADMIN.',
    sections: ['gateway'],
    examples: [
      ['weir gateway --collector http://192.0.2.10:8055', 'apply what this collector decides'],
      [
        'weir gateway --collector http://192.0.2.10:8055 --inside eth1 --outside eth0',
        'apply rates, too',
      ],
      ['weir gateway --check', 'say whether this machine could be a gateway'],
      ['weir gateway --dry-run', 'print what nft would be told now'],
    ],
    extend: (command) =>
      command.option('--dry-run', 'print the transaction that would bring the kernel up to date'),
    run: async (context) => (await import('../run/gateway.js')).runGateway(context),
  });
}
