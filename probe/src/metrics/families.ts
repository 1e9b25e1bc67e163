// SPDX-License-Identifier: Apache-2.0
// What metrics of a probe are made with.
import type { Labels, MetricFamily, MetricSample } from './exposition.js';

const PREFIX = 'weir_probe';

export function family(
  name: string,
  type: MetricFamily['type'],
  help: string,
  samples: readonly MetricSample[],
): MetricFamily {
  return { name: `${PREFIX}_${name}`, type, help, samples };
}

export const one = (value: number, labels: Labels = {}): MetricSample[] => [{ labels, value }];
