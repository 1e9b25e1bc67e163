// SPDX-License-Identifier: Apache-2.0
import type { AuditEntry, AuditResponse } from '@weir/wire';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask, type Query } from '../../api/client';

const PAGE = 200;

export type AuditFilter = Omit<Query<'/api/v1/audit'>, 'limit' | 'before'>;

/** The next entries behind `before`; looks on where the collector has looked through much and found nothing. */
async function nextPage(
  filter: AuditFilter,
  before: number | undefined,
  signal: AbortSignal,
): Promise<AuditResponse> {
  const query = { ...filter, limit: PAGE, ...(before !== undefined && { before }) };
  const answer = await ask('/api/v1/audit', query, signal);
  if (answer.entries.length > 0 || answer.before === null) return answer;
  return nextPage(filter, answer.before, signal);
}

export interface AuditPages {
  /** Newest first; undefined before the first answer. */
  readonly entries: readonly AuditEntry[] | undefined;
  readonly error: Error | undefined;
  /** Whether there may be older ones. */
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
}

/** The log from its newest entry on, page by page. `filter` counts by its content. */
export function useAudit(filter: AuditFilter): AuditPages {
  const key = JSON.stringify(filter);
  const [pages, setPages] = useState<AuditResponse>();
  const [error, setError] = useState<Error>();
  const [asked, setAsked] = useState(0);
  const running = useRef<AbortController>(undefined);
  const load = useCallback(
    async (before: number | undefined) => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      try {
        const answer = await nextPage(JSON.parse(key) as AuditFilter, before, abort.signal);
        if (abort.signal.aborted) return;
        setError(undefined);
        setPages((last) =>
          before === undefined || last === undefined
            ? answer
            : { ...answer, entries: [...last.entries, ...answer.entries] },
        );
      } catch (cause) {
        if (!abort.signal.aborted) setError(cause as Error);
      }
    },
    [key],
  );
  useEffect(() => {
    void load(undefined);
    return () => running.current?.abort();
  }, [load, asked]);
  const older = pages?.before ?? undefined;
  return {
    entries: pages?.entries,
    error,
    hasMore: older !== undefined,
    loadMore: () => void load(older),
    reload: () => setAsked((count) => count + 1),
  };
}

/** Every entry that fits, for a file. @throws ApiError, UnreachableError */
export async function allEntries(filter: AuditFilter): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  const { signal } = new AbortController();
  let before: number | null | undefined;
  do {
    const page = await nextPage(filter, before ?? undefined, signal);
    entries.push(...page.entries);
    before = page.before;
  } while (before !== null);
  return entries;
}
