// SPDX-License-Identifier: Apache-2.0
import type { Exporter } from '@weir/wire';
import { useRef } from 'preact/hooks';
import { ask } from '../../api/client';
import { WITH_RECORDS } from '../../api/pace';
import { type Answered, useAnswer } from '../../api/use-answer';
import { recordRates } from './exporter-state';

export interface Exporters {
  readonly exporters: readonly Exporter[];
  /** When this was answered, ms since the epoch. */
  readonly now: number;
  /** Records a second since the answer before, by `exporterKey`. */
  readonly rates: ReadonlyMap<string, number>;
}

/** Who sends, every few seconds anew. */
export function useExporters(): Answered<Exporters> {
  const last = useRef<Exporters>(undefined);
  return useAnswer({
    key: 'exporters with rates',
    ...WITH_RECORDS,
    load: async (signal) => {
      const { exporters } = await ask('/api/v1/exporters', {}, signal);
      const answer = { exporters, now: Date.now() };
      last.current = { ...answer, rates: recordRates(last.current, answer) };
      return last.current;
    },
  });
}
