// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type FinishedJob, type Job, type Outcome, type Program, sinkOutcome } from './program.js';

/** Its core and its plugin are two processes; ZeroMQ between them is the faster of its two ways. */
function writeConfiguration({ folder, trace }: Job, plugin: readonly string[]): void {
  const lines = [
    'daemonize: false',
    `pcap_savefile: ${trace.path}`,
    // The core must not begin before the plugin has its memory: what comes earlier would be lost.
    'pcap_savefile_delay: 5',
    'aggregate: src_host, dst_host, src_port, dst_port, proto',
    'plugin_pipe_zmq: true',
    'plugin_pipe_zmq_profile: xlarge',
    ...plugin,
  ];
  writeFileSync(path.join(folder, 'pmacctd.conf'), `${lines.join('\n')}\n`);
}

const command = ({ folder }: Job) => ['pmacctd', '-f', path.join(folder, 'pmacctd.conf')];

const printedFile = (folder: string) => path.join(folder, 'printed.csv');

/** SRC_IP,DST_IP,SRC_PORT,DST_PORT,PROTOCOL,PACKETS,BYTES */
function printedOutcome({ job }: FinishedJob): Outcome {
  let text: string;
  try {
    text = readFileSync(printedFile(job.folder), 'utf8');
  } catch {
    return { complaints: ['it printed nothing'] };
  }
  const lines = text.trim().split('\n').slice(1);
  const packets = lines.reduce((total, line) => total + Number(line.split(',').at(-2)), 0);
  const uniflows = new Set(lines.map((line) => line.split(',', 5).join(',')));
  return { packets, uniflows: uniflows.size, records: lines.length };
}

export const pmacctdPrint: Program = {
  name: 'pmacctd-print',
  describes: 'pmacctd, print plugin, ZeroMQ',
  namesApplications: false,
  output: 'files',
  prepare: (job) =>
    writeConfiguration(job, [
      'plugins: print',
      'print_output: csv',
      `print_output_file: ${printedFile(job.folder)}`,
      'print_refresh_time: 3600',
      'print_cache_entries: 1000003',
    ]),
  command,
  outcome: printedOutcome,
  expected: ({ ipPackets, uniflows }) => ({ packets: ipPackets, uniflows }),
};

export const pmacctdNfprobe: Program = {
  name: 'pmacctd-nfprobe',
  describes: 'pmacctd, nfprobe plugin (NetFlow v9), ZeroMQ',
  namesApplications: false,
  output: 'datagrams',
  prepare: (job) =>
    writeConfiguration(job, [
      'plugins: nfprobe',
      `nfprobe_receiver: 127.0.0.1:${job.port}`,
      'nfprobe_version: 9',
      'nfprobe_maxflows: 3000000',
    ]),
  command,
  outcome: sinkOutcome,
  expected: ({ ipPackets, flows, uniflows }) => ({ packets: ipPackets, flows, uniflows }),
};
