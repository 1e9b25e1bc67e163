// SPDX-License-Identifier: Apache-2.0
// The filter of the page: what could be written is offered by the collector while somebody types.
import type { FilterCompletionsResponse } from '@weir/wire';
import type { TargetedInputEvent, TargetedKeyboardEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { ask } from '../api/client';
import { Icon } from './icons';

/** Of typing, before the collector is asked. */
const PAUSE_MS = 80;

type Completion = FilterCompletionsResponse['items'][number];

export interface FilterInputProps {
  readonly value: string;
  readonly onChange: (filter: string) => void;
  readonly label: string;
  readonly placeholder?: string;
  /** When what is written counts: with Enter, or at once, as in forms that have a button of their own. @default enter */
  readonly counts?: 'enter' | 'typing';
}

/** Why a filter cannot be read; undefined where it can. */
async function problemOf(text: string, signal: AbortSignal): Promise<string | undefined> {
  const { error } = await ask('/api/v1/filter', { text }, signal);
  return error?.message;
}

/** A text field with suggestions (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). Enter takes the filter. */
export function FilterInput(props: FilterInputProps) {
  const { value, onChange, label, placeholder, counts = 'enter' } = props;
  const [text, setText] = useState(value);
  const [problem, setProblem] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    setText(value);
    setProblem(undefined);
  }, [value]);
  const write = (written: string) => {
    setText(written);
    if (counts === 'typing') onChange(written);
  };
  const suggestions = useSuggestions(input, write);
  const { items, active } = suggestions;

  const commit = async (wanted: string) => {
    suggestions.close();
    const trimmed = wanted.trim();
    const found =
      trimmed === ''
        ? undefined
        : await problemOf(trimmed, new AbortController().signal).catch(() => undefined);
    setProblem(found);
    if (found === undefined) onChange(trimmed);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    if (suggestions.onKey(event)) return;
    if (event.key === 'Enter') {
      // A form around it would be sent.
      event.preventDefault();
      void commit(text);
    }
    if (event.key === 'Escape') setText(value);
  };
  const onInput = (event: TargetedInputEvent<HTMLInputElement>) => {
    write(event.currentTarget.value);
    setProblem(undefined);
    suggestions.ask();
  };
  return (
    <div class="filter-input" data-testid="filter">
      <Icon name="filter" />
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={items.length > 0}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={active === undefined ? undefined : `${id}-${active}`}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : `${id}-problem`}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        placeholder={placeholder}
        value={text}
        onInput={onInput}
        onKeyDown={onKeyDown}
        onFocus={suggestions.ask}
        onBlur={suggestions.close}
      />
      {counts === 'enter' && text.trim() !== value && (
        <button type="button" class="button-quiet filter-apply" onClick={() => void commit(text)}>
          Apply ↵
        </button>
      )}
      {text !== '' && (
        <button
          type="button"
          class="button-icon"
          aria-label="Clear the filter"
          onClick={() => void commit('')}
        >
          <Icon name="close" />
        </button>
      )}
      <Suggestions id={id} suggestions={suggestions} />
      {problem !== undefined && (
        <p id={`${id}-problem`} class="filter-problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

interface SuggestionsProps {
  readonly id: string;
  readonly suggestions: ReturnType<typeof useSuggestions>;
}

function Suggestions({ id, suggestions: { items, active, take } }: SuggestionsProps) {
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Suggestions"
      tabIndex={-1}
      class="suggestions"
      hidden={items.length === 0}
    >
      {items.map((item, index) => (
        <SuggestionLine
          key={`${item.kind} ${item.text}`}
          id={`${id}-${index}`}
          item={item}
          isActive={index === active}
          onTake={() => take(item)}
        />
      ))}
    </div>
  );
}

interface SuggestionLineProps {
  readonly id: string;
  readonly item: Completion;
  readonly isActive: boolean;
  readonly onTake: () => void;
}

function SuggestionLine({ id, item, isActive, onTake }: SuggestionLineProps) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) line.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  return (
    // The focus stays in the text field, which has the keys.
    <div
      ref={line}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      class="suggestion"
      onPointerDown={(event) => {
        event.preventDefault();
        onTake();
      }}
    >
      <span class="suggestion-text">{item.text}</span>
      <span class="suggestion-about">{item.about || item.kind}</span>
    </div>
  );
}

/** What could be written at the cursor, and which of it the keys have reached. */
function useSuggestions(
  input: { readonly current: HTMLInputElement | null },
  setText: (text: string) => void,
) {
  const [found, setFound] = useState<FilterCompletionsResponse>();
  const [active, setActive] = useState<number>();
  const asking = useRef<{ timer?: ReturnType<typeof setTimeout>; abort?: AbortController }>({});
  const items = found?.items ?? [];
  const close = () => {
    clearTimeout(asking.current.timer);
    asking.current.abort?.abort();
    setFound(undefined);
    setActive(undefined);
  };
  const load = async () => {
    const element = input.current;
    if (element === null) return;
    asking.current.abort?.abort();
    const abort = new AbortController();
    asking.current.abort = abort;
    const cursor = element.selectionStart ?? element.value.length;
    const answer = await ask(
      '/api/v1/filter/completions',
      { text: element.value, cursor },
      abort.signal,
    ).catch(() => undefined);
    if (abort.signal.aborted || document.activeElement !== element) return;
    setFound(answer);
    setActive(undefined);
  };
  const askSoon = () => {
    clearTimeout(asking.current.timer);
    asking.current.timer = setTimeout(() => void load(), PAUSE_MS);
  };
  const take = (item: Completion) => {
    const element = input.current;
    if (element === null || found === undefined) return;
    const { value } = element;
    const before = value.slice(0, found.at.from);
    const gap = item.kind === 'value' && before.endsWith('"') ? '' : ' ';
    const next = `${before}${item.text}${gap}`;
    setText(next + value.slice(found.at.to).trimStart());
    requestAnimationFrame(() => {
      element.setSelectionRange(next.length, next.length);
      askSoon();
    });
  };
  /** Whether the key was for the suggestions. */
  const onKey = (event: TargetedKeyboardEvent<HTMLInputElement>): boolean => {
    if (items.length === 0) {
      if (event.key !== 'ArrowDown') return false;
      askSoon();
      return true;
    }
    const chosen = active === undefined ? undefined : items[active];
    if (event.key === 'Escape') close();
    else if (event.key === 'ArrowDown') setActive(((active ?? -1) + 1) % items.length);
    else if (event.key === 'ArrowUp') setActive(((active ?? 0) - 1 + items.length) % items.length);
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) take(chosen);
    else return false;
    event.preventDefault();
    return true;
  };
  return { items, active, ask: askSoon, close, take, onKey };
}
