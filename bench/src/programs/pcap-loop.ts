// SPDX-License-Identifier: Apache-2.0
import { toolPath } from '../paths.js';
import type { Program } from './program.js';

export const pcapLoop: Program = {
  name: 'pcaploop',
  describes: 'a bare libpcap loop that counts',
  namesApplications: false,
  output: 'none',
  command: ({ trace }) => [toolPath('pcaploop'), trace.path],
  outcome: ({ measured }) => JSON.parse(measured.output) as { packets: number },
  expected: ({ packets }) => ({ packets }),
};
