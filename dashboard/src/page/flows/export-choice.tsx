// SPDX-License-Identifier: Apache-2.0
import { API } from '@weir/wire';
import { apiUrl } from '../../api/client';
import { Icon } from '../../control/icons';
import { Popover } from '../../control/popover';
import { momentText } from '../../view/shown';
import type { View } from '../../view/view';
import { flowColumn } from './flow-columns';
import type { ColumnId } from './flow-fields';
import type { Loaded } from './use-flow-list';

export interface ExportChoiceProps {
  readonly view: View;
  readonly columns: readonly ColumnId[];
  readonly loaded: Loaded | undefined;
}

/** All records that match as a file: the collector writes it while the browser reads. */
export function ExportChoice({ view, columns, loaded }: ExportChoiceProps) {
  const shown = [...new Set(columns.flatMap((id) => flowColumn(id).fields))];
  const linkTo = (fields: readonly string[]) => {
    const { from, to } = loaded?.window ?? {};
    const query = new URLSearchParams(fields.map((field) => ['fields', field]));
    if (from !== undefined) query.set('from', String(from));
    if (to !== undefined) query.set('to', String(to));
    if (view.filter !== '') query.set('filter', view.filter);
    return `${apiUrl(API.export)}?${query}`;
  };
  return (
    <Popover
      label={
        <>
          <Icon name="download" />
          CSV
        </>
      }
      testId="csv"
      align="right"
    >
      {(close) => (
        <div class="export-choice">
          <p>All records that match, not only those that are loaded. Exact values, in no order.</p>
          <MissingSpans loaded={loaded} />
          <a class="button" href={linkTo(shown)} download="flows.csv" onClick={close}>
            <Icon name="download" />
            Shown columns
          </a>
          <a class="button" href={linkTo([])} download="flows.csv" onClick={close}>
            <Icon name="download" />
            All fields
          </a>
        </div>
      )}
    </Popover>
  );
}

/** What the file will lack, said before it is made. */
function MissingSpans({ loaded }: Pick<ExportChoiceProps, 'loaded'>) {
  const missing = loaded?.missing ?? [];
  if (missing.length === 0) return null;
  return (
    <div class="export-missing">
      <p>The store no longer has all records of:</p>
      <ul>
        {missing.map(({ from, to }) => (
          <li key={from}>
            {momentText(from)} – {momentText(to)}
          </li>
        ))}
      </ul>
    </div>
  );
}
