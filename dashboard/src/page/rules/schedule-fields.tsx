// SPDX-License-Identifier: Apache-2.0
import { type Schedule, WEEKDAYS, type Weekday } from '@weir/wire';
import { Field } from '../../control/field';
import { Icon } from '../../control/icons';
import { Select } from '../../control/select';
import { WEEKDAY_TITLES } from '../../format/rule-texts';
import { newSchedule } from './rule-draft';

export interface ScheduleFieldsProps {
  /** Undefined: always. */
  readonly schedule: Schedule | undefined;
  readonly onChange: (schedule: Schedule | undefined) => void;
}

type Window = Schedule['windows'][number];

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone')];

/** Always, or in windows of the week. */
export function ScheduleFields({ schedule, onChange }: ScheduleFieldsProps) {
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={schedule !== undefined}
          onChange={(event) =>
            onChange(event.currentTarget.checked ? newSchedule(ownZone()) : undefined)
          }
        />
        <span>Only at some times of the week</span>
      </label>
      {schedule !== undefined && <Windows schedule={schedule} onChange={onChange} />}
    </>
  );
}

interface WindowsProps {
  readonly schedule: Schedule;
  readonly onChange: (schedule: Schedule) => void;
}

function Windows({ schedule, onChange }: WindowsProps) {
  const { windows, timeZone } = schedule;
  const zones = ZONES.includes(timeZone) ? ZONES : [timeZone, ...ZONES];
  const set = (next: readonly Window[]) => onChange({ ...schedule, windows: [...next] });
  return (
    <>
      {windows.map((window, index) => (
        <WindowLine
          // Lines have no identity but their place
          key={index}
          window={window}
          onChange={(changed) => set(windows.map((one, at) => (at === index ? changed : one)))}
          {...(windows.length > 1 && {
            onRemove: () => set(windows.filter((_, at) => at !== index)),
          })}
        />
      ))}
      <div class="toolbar">
        <button
          type="button"
          class="button"
          onClick={() => set([...windows, { days: ['sat', 'sun'], from: '00:00', to: '24:00' }])}
        >
          <Icon name="plus" /> Another time
        </button>
      </div>
      <Field label="Time zone">
        <Select
          value={timeZone}
          choices={zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
          onChange={(zone) => onChange({ ...schedule, timeZone: zone })}
        />
      </Field>
    </>
  );
}

interface WindowLineProps {
  readonly window: Window;
  readonly onChange: (window: Window) => void;
  readonly onRemove?: () => void;
}

function WindowLine({ window, onChange, onRemove }: WindowLineProps) {
  const { days, from, to } = window;
  const toggle = (day: Weekday) => {
    const next = WEEKDAYS.filter((one) => (one === day ? !days.includes(one) : days.includes(one)));
    if (next.length > 0) onChange({ ...window, days: next });
  };
  return (
    <div class="window">
      <fieldset class="days plain-fieldset" aria-label="Days">
        {WEEKDAYS.map((day) => (
          <button
            key={day}
            type="button"
            class="day"
            aria-pressed={days.includes(day)}
            onClick={() => toggle(day)}
          >
            {WEEKDAY_TITLES[day]}
          </button>
        ))}
      </fieldset>
      <TimeInput
        label="From"
        value={from}
        onChange={(value) => onChange({ ...window, from: value })}
      />
      <span aria-hidden="true">–</span>
      <TimeInput label="To" value={to} onChange={(value) => onChange({ ...window, to: value })} />
      {to <= from && <span class="muted">of the day after</span>}
      {onRemove && (
        <button
          type="button"
          class="button-icon"
          aria-label="Leave this time out"
          onClick={onRemove}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

interface TimeInputProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A browser's field for times has no 24:00: the midnight that ends a day is 00:00 there. */
function TimeInput({ label, value, onChange }: TimeInputProps) {
  const isEnd = label === 'To';
  return (
    <input
      class="text-input"
      type="time"
      aria-label={label}
      required
      value={value === '24:00' ? '00:00' : value}
      onChange={({ currentTarget: { value: text } }) => {
        if (text !== '') onChange(isEnd && text === '00:00' ? '24:00' : text);
      }}
    />
  );
}
