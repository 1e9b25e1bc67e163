// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { type Program, sinkOutcome } from './program.js';

export const softflowd: Program = {
  name: 'softflowd',
  describes: 'softflowd, NetFlow v9',
  namesApplications: false,
  output: 'datagrams',
  command: ({ trace, port, folder }) => [
    'softflowd',
    '-d',
    ...['-r', trace.path],
    ...['-n', `127.0.0.1:${port}`],
    ...['-v', '9'],
    ...['-m', '3000000'],
    ...['-p', path.join(folder, 'softflowd.pid')],
    ...['-c', 'none'],
  ],
  outcome: sinkOutcome,
  // It does not put fragments together: later ones are a flow of port 0.
  expected: ({ ipPackets, flowsFragmentsApart, uniflowsFragmentsApart }) => ({
    packets: ipPackets,
    flows: flowsFragmentsApart,
    uniflows: uniflowsFragmentsApart,
  }),
};
