// SPDX-License-Identifier: Apache-2.0
// How long one decision takes while many stand.
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, RoutedNetwork, TestBed } from '@weir/gateway/bench';
import { addressOf, blocksOf } from './blocks.js';

export interface Changes {
  readonly standing: number;
  /** Milliseconds from the collector's answer until the kernel has it; each change's. */
  readonly added: readonly number[];
  readonly removed: readonly number[];
  /** Of an nft by hand with as many elements there. */
  readonly byHand: readonly number[];
}

const REPEATS = 30;
const MINUTE_MS = 60_000;

export async function measureChanges(standing: number): Promise<Changes> {
  await using network = await RoutedNetwork.create();
  await using bed = await TestBed.create();
  const { router } = network;
  // Periodic work would be measured with them.
  const quiet = {
    reconcileSeconds: 3600,
    reportSeconds: 3600,
    stateFile: 'none',
    onStop: 'keep',
  } as const;
  const gateway = await bed.start(router, quiet);
  const isApplied = () => gateway.status().revision === bed.collector.revision;
  if (standing > 0) bed.collector.putAll(blocksOf(standing));
  await eventually('they stand', isApplied, MINUTE_MS);

  const timed = async (change: () => void): Promise<number> => {
    // The next question has to be there.
    await sleep(100);
    change();
    const started = performance.now();
    while (!isApplied()) await sleep(1);
    return performance.now() - started;
  };
  const [added, removed, byHand]: [number[], number[], number[]] = [[], [], []];
  for (const decision of blocksOf(REPEATS, standing)) {
    added.push(await timed(() => bed.collector.put(decision)));
    removed.push(await timed(() => bed.collector.remove(decision.id)));
  }
  // It would mend what is done by hand meanwhile. Without a list's hosts their map is not there.
  await gateway.stop();
  for (let n = 0; standing > 0 && n < REPEATS; n += 1) {
    const started = performance.now();
    const key = `${addressOf(standing + n)} : accept`;
    await router.exec('nft', `add element inet weir list_net4_32 { ${key} }`);
    byHand.push(performance.now() - started);
  }
  return { standing, added, removed, byHand };
}
