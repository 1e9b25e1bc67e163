// SPDX-License-Identifier: Apache-2.0
import type { Metric } from '@weir/wire';
import { useMemo } from 'preact/hooks';
import { WEEKDAYS, weekHourOf } from '../format/time';
import { preferences } from '../view/preferences';
import { shownZone } from '../view/shown';
import { HeatGrid } from './heat-grid';
import type { Rates } from './rates';
import { weekHours } from './week-hours';

export interface WeekMapProps {
  readonly label: string;
  /** In steps of an hour at the most. */
  readonly rates: Rates;
  readonly metric: Metric;
}

const HOURS = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`);

/** When it is busy: the hours of the day from left to right, a line for each day of the week. */
export function WeekMap({ label, rates, metric }: WeekMapProps) {
  const { zone } = preferences.value;
  const cells = useMemo(() => {
    const hours = weekHours(rates, (time) => weekHourOf(time, shownZone()));
    return { lines: WEEKDAYS, columns: HOURS, rates: hours };
  }, [rates, zone]);
  return (
    <HeatGrid
      label={label}
      cells={cells}
      metric={metric}
      about={(day, hour) => [`${WEEKDAYS[day]}, from ${HOURS[hour]}`, 'in the mean']}
      testId="week-map"
    />
  );
}
