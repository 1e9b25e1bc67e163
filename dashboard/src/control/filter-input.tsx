// SPDX-License-Identifier: Apache-2.0
// The filter of the page: what could be written is offered by the collector while somebody types.
import type { FilterCompletionsResponse } from '@weir/wire';
import type { TargetedKeyboardEvent } from 'preact';
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

/** Why a filter cannot be read; undefined where it can, and where nobody answers: then the page says so. */
async function problemOf(text: string): Promise<string | undefined> {
  const { signal } = new AbortController();
  const answer = await ask('/api/v1/filter', { text }, signal).catch(() => undefined);
  return answer?.error?.message;
}

/** A text field with suggestions (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). Enter takes the filter. */
export function FilterInput(props: FilterInputProps) {
  const { value, onChange, label, placeholder, counts = 'enter' } = props;
  const { text, setText, problem, commit } = useFilterText(value, onChange);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const write = (written: string) => {
    setText(written);
    if (counts === 'typing') onChange(written);
  };
  const suggestions = useSuggestions(input, write);
  const { items, active } = suggestions;
  const take = (wanted: string) => {
    suggestions.close();
    void commit(wanted);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    if (suggestions.onKey(event)) return;
    // A form around it would be sent.
    if (event.key === 'Enter') event.preventDefault();
    if (event.key === 'Enter') take(text);
    if (event.key === 'Escape') setText(value);
  };
  return (
    <div class="filter-input" data-testid="filter">
      <Icon name="filter" />
      <input
        ref={input}
        type="text"
        {...comboboxOf({ id, isOpen: items.length > 0, active, problem })}
        aria-label={label}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        placeholder={placeholder}
        value={text}
        onInput={(event) => {
          write(event.currentTarget.value);
          suggestions.ask();
        }}
        onKeyDown={onKeyDown}
        onFocus={suggestions.ask}
        onBlur={suggestions.close}
      />
      {counts === 'enter' && text.trim() !== value && (
        <button type="button" class="button-quiet filter-apply" onClick={() => take(text)}>
          Apply ↵
        </button>
      )}
      {text !== '' && <ClearButton onClear={() => take('')} />}
      <Suggestions id={id} suggestions={suggestions} />
      {problem !== undefined && <Problem id={id} text={problem} />}
    </div>
  );
}

/** What is written, and why it was not taken. */
function useFilterText(value: string, onChange: (filter: string) => void) {
  const [text, setText] = useState(value);
  const [problem, setProblem] = useState<string>();
  const write = (written: string) => {
    setText(written);
    setProblem(undefined);
  };
  useEffect(() => write(value), [value]);
  const commit = async (wanted: string) => {
    const filter = wanted.trim();
    const found = filter === '' ? undefined : await problemOf(filter);
    setProblem(found);
    if (found !== undefined) return;
    setText(filter);
    onChange(filter);
  };
  return { text, setText: write, problem, commit };
}

interface ComboboxState {
  readonly id: string;
  readonly isOpen: boolean;
  readonly active: number | undefined;
  readonly problem: string | undefined;
}

/** The field as who does not see it is told of it. */
function comboboxOf({ id, isOpen, active, problem }: ComboboxState) {
  return {
    role: 'combobox',
    'aria-expanded': isOpen,
    'aria-controls': id,
    'aria-autocomplete': 'list',
    'aria-activedescendant': active === undefined ? undefined : `${id}-${active}`,
    'aria-invalid': problem !== undefined,
    'aria-describedby': problem === undefined ? undefined : `${id}-problem`,
  } as const;
}

function ClearButton({ onClear }: { readonly onClear: () => void }) {
  return (
    <button type="button" class="button-icon" aria-label="Clear the filter" onClick={onClear}>
      <Icon name="close" />
    </button>
  );
}

function Problem({ id, text }: { readonly id: string; readonly text: string }) {
  return (
    <p id={`${id}-problem`} class="filter-problem" role="alert">
      {text}
    </p>
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
