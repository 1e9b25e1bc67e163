// SPDX-License-Identifier: Apache-2.0
import { Icon } from '../../control/icons';
import { Popover } from '../../control/popover';
import type { View } from '../../view/view';
import { flowColumn } from './flow-columns';
import { type ColumnId, GROUPS } from './flow-fields';

export interface ColumnChoiceProps {
  readonly view: View;
  readonly chosen: readonly ColumnId[];
}

/** Which columns the table has; what is added comes last. */
export function ColumnChoice({ view, chosen }: ColumnChoiceProps) {
  const toggle = (id: ColumnId) => {
    const next = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
    if (next.length > 0) view.change({ columns: next.join() });
  };
  return (
    <Popover
      label={
        <>
          <Icon name="table" />
          <span class="button-text">Columns</span>
        </>
      }
      title="Columns"
      testId="columns"
      align="right"
    >
      {() => (
        <div class="column-choice">
          <div class="column-groups">
            {Object.entries(GROUPS).map(([title, ids]) => (
              <fieldset key={title} class="column-group">
                <legend>{title}</legend>
                {ids.map((id) => (
                  <label key={id} class="check" title={flowColumn(id).about}>
                    <input
                      type="checkbox"
                      checked={chosen.includes(id)}
                      onChange={() => toggle(id)}
                    />
                    <span>{flowColumn(id).title}</span>
                  </label>
                ))}
              </fieldset>
            ))}
          </div>
          <button
            type="button"
            class="button"
            disabled={view.parameters.columns === undefined}
            onClick={() => view.change({ columns: undefined })}
          >
            Reset
          </button>
        </div>
      )}
    </Popover>
  );
}
