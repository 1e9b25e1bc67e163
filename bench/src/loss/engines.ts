// SPDX-License-Identifier: Apache-2.0
// Who stands at the end of the cable when loss is measured: the probe with each engine, and a model
// of the first probe that was built on the card.

import { existsSync } from 'node:fs';
import { EXAMPLE_LIBRARY } from '../devices/configurations.js';
import { RECEIVER_PORT } from '../live/namespace.js';
import { liveWeir, type Receiver } from '../live/receivers.js';
import { toolPath } from '../paths.js';

export interface LossReceiver extends Receiver {
  /** for --receiver */
  readonly key: string;
  /** It runs where the sender does, too: a program stands in for a card, which would take no core. */
  readonly hasAllCores?: true;
}

const CARD = 'timing=card';
const EXAMPLE = ['--ncore-library', EXAMPLE_LIBRARY];

function weirWith(key: string, name: string, words: readonly string[]): LossReceiver {
  return {
    ...liveWeir,
    key,
    name,
    command: (folder, port) => [...liveWeir.command(folder, port), ...words],
  };
}

/** See tools/blockingloop.cc. @param packets of each direction that are written; 0: all */
function blockingModel(key: string, name: string, patterns: string, packets: number): LossReceiver {
  return {
    key,
    name,
    exports: false,
    command: () => [
      ...[toolPath('blockingloop'), RECEIVER_PORT, patterns],
      ...['emulator', CARD, String(packets)],
    ],
    ready: /ready/,
    received: (_folder, output) => JSON.parse(output.split('\n')[1] ?? ''),
  };
}

/** As many as the probe looks at of a direction. */
const HEAD_PACKETS = 12;

/** @param patterns file that the model matches, see devices/patterns.ts */
export function lossReceivers(patterns: string): LossReceiver[] {
  return [
    weirWith('none', 'Weir, no engine', ['--engine', 'none']),
    weirWith('hyperscan', 'Weir, hyperscan', ['--engine', 'hyperscan']),
    weirWith('emulator', 'Weir, emulator', ['--engine', 'emulator']),
    ...(existsSync(EXAMPLE_LIBRARY)
      ? [weirWith('ncore', 'Weir, ncore (example)', ['--engine', 'ncore', ...EXAMPLE])]
      : []),
    {
      ...weirWith('card', 'Weir, card’s timing', ['--engine', 'emulator', '--ncore-options', CARD]),
      hasAllCores: true,
    },
    blockingModel('blocking-heads', 'model: blocks for 12 packets', patterns, HEAD_PACKETS),
    blockingModel('blocking', 'model: blocks for every packet', patterns, 0),
  ];
}
