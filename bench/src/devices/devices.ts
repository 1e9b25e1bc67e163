// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- devices`: what pattern-matching devices and engines do with the payloads of the
// trace `mixed`.
import { rmSync } from 'node:fs';
import { fromCaller } from '../paths.js';
import { say } from '../progress.js';
import { scratchFolder } from '../run/job.js';
import { mixedRecipe } from '../trace/recipes.js';
import { makeTrace, TRACES_FOLDER } from '../trace/traces.js';
import { configurations } from './configurations.js';
import { mainSet, type PatternSet, patternSets } from './patterns.js';
import { type Measured, measureSpeed, type SpeedPlan, writeStreams } from './speeds.js';

export interface DevicesOptions {
  /** folder; Weir's own by default */
  readonly patterns?: string;
  readonly quick?: true;
  readonly traces?: string;
}

export interface DeviceResults {
  readonly sets: readonly { readonly name: string; readonly patterns: number }[];
  readonly mainSet: string;
  readonly measured: readonly Measured[];
}

interface Plan extends SpeedPlan {
  readonly channels: readonly number[];
}

/** With three sets of patterns about five minutes and one. */
const PLANS: Readonly<Record<'whole' | 'quick', Plan>> = {
  whole: {
    seconds: 0.4,
    blocks: [64, 75, 80, 128, 256, 512, 1024, 2000],
    batches: [1, 4, 16, 64, 256, 1024],
    channels: [1, 2, 4, 8, 12],
  },
  quick: { seconds: 0.1, blocks: [64, 80, 512, 2000], batches: [1, 16, 256], channels: [1, 12] },
};

export async function measureDevices(options: DevicesOptions): Promise<DeviceResults> {
  const plan = PLANS[options.quick ? 'quick' : 'whole'];
  const sets = patternSets(options.patterns);
  const main = mainSet(sets);
  const traces = options.traces ? fromCaller(options.traces) : TRACES_FOLDER;
  const trace = makeTrace(mixedRecipe(), traces);
  const folder = scratchFolder();
  try {
    const streams = await writeStreams(trace.path, folder);
    const measured: Measured[] = [];
    const measure = async (patterns: PatternSet) => {
      // How long a job takes does not depend on what it is searched for as much as on its way.
      const batches = patterns === main ? plan.batches : [];
      for (const configuration of configurations(plan.channels)) {
        const given = { ...plan, batches };
        measured.push(
          await measureSpeed({ configuration, patterns, streams, folder, plan: given }),
        );
      }
    };
    for (const patterns of sets) {
      say(`${patterns.name}: ${patterns.lines.length} patterns`);
      await measure(patterns);
    }
    const counted = sets.map(({ name, lines }) => ({ name, patterns: lines.length }));
    return { sets: counted, mainSet: main.name, measured };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
