// SPDX-License-Identifier: Apache-2.0
// The devices that are measured, each way it can be opened.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { TOOLS_FOLDER } from '../paths.js';

export type Family = 'emulator' | 'card' | 'example' | 'engine';

export interface Configuration {
  readonly name: string;
  readonly family: Family;
  /** 0: in the caller's thread */
  readonly channels: number;
  /** as tools/devicespeed takes it */
  readonly device: string;
  readonly settings: string;
}

export const EXAMPLE_LIBRARY: string = path.join(TOOLS_FOLDER, 'example', 'libncore_hyperscan.so');

const plural = (channels: number) => (channels === 1 ? '1 channel' : `${channels} channels`);

/** @param channels besides the caller's thread */
export function configurations(channels: readonly number[]): Configuration[] {
  const caller = { family: 'emulator', channels: 0, device: 'emulator', settings: '' } as const;
  const example = { family: 'example', device: EXAMPLE_LIBRARY } as const;
  return [
    { name: 'emulator, caller’s thread', ...caller },
    ...channels.map((count) => ({
      ...caller,
      name: `emulator, ${plural(count)}`,
      channels: count,
      settings: `channels=${count}`,
    })),
    ...channels.map((count) => ({
      ...caller,
      name: `card’s timing, ${plural(count)}`,
      family: 'card' as const,
      channels: count,
      settings: `timing=card,channels=${count}`,
    })),
    ...(existsSync(EXAMPLE_LIBRARY)
      ? [
          {
            name: 'example, caller’s thread',
            ...example,
            channels: 0,
            settings: 'worker=caller',
          },
          { name: 'example, a thread', ...example, channels: 1, settings: 'worker=thread' },
        ]
      : []),
    {
      name: 'Hyperscan, called directly',
      family: 'engine',
      channels: 0,
      device: 'hyperscan',
      settings: '',
    },
  ];
}
