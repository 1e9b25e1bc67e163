// SPDX-License-Identifier: Apache-2.0
// The time that the page is about: a choice of ranges, a field that takes what people type, and steps back and forth.

import { useState } from 'preact/hooks';
import { preferences } from '../view/preferences';
import { momentText } from '../view/shown';
import {
  PRESETS,
  parseTime,
  shifted,
  spanTitle,
  type TimeRange,
  timeParameter,
  widened,
} from '../view/time-range';
import type { View } from '../view/view';
import { Field } from './field';
import { Icon } from './icons';
import { Popover } from './popover';

export function TimeControl({ view }: { readonly view: View }) {
  const { time, changeTime } = view;
  return (
    <fieldset class="time-control" aria-label="Time range">
      <button
        type="button"
        class="button button-square"
        aria-label="Earlier"
        title="Earlier by half of the range"
        onClick={() => changeTime(shifted(time, -0.5, Date.now()))}
      >
        <Icon name="left" />
      </button>
      <Popover
        label={
          <>
            <Icon name="clock" />
            <span class="time-label">{timeTitle(time)}</span>
          </>
        }
        testId="time"
        buttonClass="button time-button"
        align="right"
      >
        {(close) => <TimeChoices view={view} onClose={close} />}
      </Popover>
      <button
        type="button"
        class="button button-square"
        aria-label="Later"
        title="Later by half of the range"
        disabled={time.kind === 'last'}
        onClick={() => changeTime(shifted(time, 0.5, Date.now()))}
      >
        <Icon name="right" />
      </button>
      <button
        type="button"
        class="button button-square"
        aria-label="Zoom out"
        title="Twice as long"
        onClick={() => changeTime(longer(time))}
      >
        <Icon name="minus" />
      </button>
    </fieldset>
  );
}

/** A range that goes with the time stays one. */
function longer(time: TimeRange): TimeRange {
  return time.kind === 'last'
    ? { ...time, seconds: time.seconds * 2 }
    : widened(time, 2, Date.now());
}

export function timeTitle(time: TimeRange): string {
  if (time.kind === 'last') return spanTitle(time.seconds);
  return `${momentText(time.from)} – ${momentText(time.to)}`;
}

function TimeChoices({ view, onClose }: { readonly view: View; readonly onClose: () => void }) {
  const chosen = timeParameter(view.time);
  const take = (range: TimeRange) => {
    view.changeTime(range);
    onClose();
  };
  return (
    <div class="time-choices">
      <TypedTime onTake={take} />
      <ul class="time-presets">
        {PRESETS.map((preset) => (
          <li key={preset}>
            <button
              type="button"
              class="menu-item"
              aria-pressed={preset === chosen}
              onClick={() => take(parseTime(preset) as TimeRange)}
            >
              {spanTitle((parseTime(preset) as { seconds: number }).seconds)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function TypedTime({ onTake }: { readonly onTake: (range: TimeRange) => void }) {
  const [problem, setProblem] = useState(false);
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('time'));
    const { typedTime } = await import('../view/typed-time');
    const range = typedTime(text, { now: Date.now(), zone: preferences.value.zone });
    setProblem(range === undefined);
    if (range !== undefined) onTake(range);
  };
  return (
    <form class="typed-time" onSubmit={submit}>
      <Field label="Type a time">
        <input
          name="time"
          type="text"
          autocomplete="off"
          placeholder="last 6 h · yesterday 14:00 to 16:00"
          aria-invalid={problem}
          aria-describedby="typed-time-help"
          data-testid="typed-time"
        />
      </Field>
      <p
        id="typed-time-help"
        class={problem ? 'field-problem' : 'field-help'}
        role={problem ? 'alert' : undefined}
      >
        {problem
          ? 'Not understood. Try "last 6 h", "2026-05-05 12:00 to 18:00" or "monday 9:00".'
          : `Also ISO 8601. ${preferences.value.zone === 'utc' ? 'UTC' : 'Local time'}, unless it says otherwise.`}
      </p>
    </form>
  );
}
