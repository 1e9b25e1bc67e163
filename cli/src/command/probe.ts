// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { probeReloadCommand } from './probe-reload.js';
import { probeStatusCommand } from './probe-status.js';
import { sectionCommand } from './section-command.js';

export function probeCommand(): Command {
  const probe = sectionCommand({
    name: 'probe',
    summary: 'read packets, name their applications, export flows',
    description:
      'Reads packets from an interface or a capture file, keeps flows, names the application of ' +
      'each by its payload, and exports NetFlow v5, v9 or IPFIX, or records as JSON lines.',
    sections: ['probe'],
    examples: [
      ['weir probe --read file.pcap --records -', 'show the flows of a capture as JSON lines'],
      ['weir probe --read file.pcap --stats - --engine none', 'count only'],
      [
        'weir probe --interface eth0 --export netflow9://192.0.2.10:2055',
        'watch a mirror port and tell a collector',
      ],
      ['weir probe status', 'how the probe of this machine is doing'],
    ],
    run: async (context) => (await import('../run/probe.js')).runProbe(context),
  });
  return probe
    .enablePositionalOptions()
    .addCommand(probeStatusCommand())
    .addCommand(probeReloadCommand());
}
