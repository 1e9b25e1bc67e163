// SPDX-License-Identifier: Apache-2.0
import { type Dimension, isTwoSided } from '@weir/wire';
import { useState } from 'preact/hooks';
import { Icon } from '../../control/icons';
import { Popover } from '../../control/popover';
import { DIMENSION_GROUPS, dimensionTitle } from '../../view/dimensions';
import { MOST_DIMENSIONS } from './asking';

export interface DimensionPickerProps {
  readonly by: readonly Dimension[];
  readonly onChange: (by: readonly Dimension[]) => void;
}

/** What flows are grouped by, in order: each can be taken out, others can be added. */
export function DimensionPicker({ by, onChange }: DimensionPickerProps) {
  const toggle = (dimension: Dimension) => {
    const next = by.includes(dimension)
      ? by.filter((known) => known !== dimension)
      : [...by, dimension];
    if (next.length > 0) onChange(next);
  };
  return (
    <div class="dimensions" data-testid="dimensions">
      {by.map((dimension) => (
        <span key={dimension} class="chip">
          {dimensionTitle(dimension)}
          {by.length > 1 && (
            <button
              type="button"
              class="button-icon"
              aria-label={`Do not group by ${dimensionTitle(dimension)}`}
              onClick={() => toggle(dimension)}
            >
              <Icon name="close" />
            </button>
          )}
        </span>
      ))}
      <Popover
        label={
          <>
            <Icon name="plus" />
            Dimension
          </>
        }
        testId="add-dimension"
      >
        {() => <Choices by={by} onToggle={toggle} onOnly={(dimension) => onChange([dimension])} />}
      </Popover>
    </div>
  );
}

interface ChoicesProps {
  readonly by: readonly Dimension[];
  readonly onToggle: (dimension: Dimension) => void;
  readonly onOnly: (dimension: Dimension) => void;
}

function Choices({ by, onToggle, onOnly }: ChoicesProps) {
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  return (
    <div class="dimension-choices">
      <label class="field">
        <span class="visually-hidden">Search for a dimension</span>
        <input
          type="search"
          placeholder="Search"
          autocomplete="off"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </label>
      <div class="dimension-groups">
        {Object.entries(DIMENSION_GROUPS).map(([group, titles]) => {
          const fitting = Object.entries(titles).filter(([, title]) =>
            title.toLowerCase().includes(wanted),
          );
          if (fitting.length === 0) return null;
          return (
            <fieldset key={group} class="dimension-group">
              <legend>{group}</legend>
              {fitting.map(([name, title]) => (
                <Choice
                  key={name}
                  dimension={name as Dimension}
                  title={title}
                  by={by}
                  onToggle={onToggle}
                  onOnly={onOnly}
                />
              ))}
            </fieldset>
          );
        })}
      </div>
    </div>
  );
}

interface ChoiceProps extends ChoicesProps {
  readonly dimension: Dimension;
  readonly title: string;
}

/** A flow has two ends: of dimensions that stand for either of them there can be one, or pairs would be mixed up. */
function Choice({ dimension, title, by, onToggle, onOnly }: ChoiceProps) {
  const isChosen = by.includes(dimension);
  const isMixed =
    isTwoSided(dimension) && by.some((other) => other !== dimension && isTwoSided(other));
  const isFull = by.length >= MOST_DIMENSIONS;
  return (
    <div class="dimension-choice">
      <label class="check">
        <input
          type="checkbox"
          checked={isChosen}
          disabled={!isChosen && (isMixed || isFull)}
          onChange={() => onToggle(dimension)}
        />
        <span>{title}</span>
      </label>
      <button
        type="button"
        class="button-quiet"
        aria-label={`Only ${title}`}
        onClick={() => onOnly(dimension)}
      >
        only
      </button>
    </div>
  );
}
