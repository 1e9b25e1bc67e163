// SPDX-License-Identifier: Apache-2.0
// What an exporter's counters say about it, in words.
import { DROP_REASONS, type Exporter } from '@weir/wire';

/** Exporters tell something at least once a minute; one that is silent for longer may be gone. */
const SILENT_MS = 180_000;
/** A clock that is so far away puts records where nobody looks for them. */
const SKEWED_MS = 30_000;

export interface ExporterState {
  readonly kind: 'ok' | 'warning' | 'danger';
  readonly text: string;
  /** What to do about it; undefined where all is well. */
  readonly advice?: string;
}

const OK: ExporterState = { kind: 'ok', text: 'ok' };

/** All that is wrong, the worst first; `now` in ms since the epoch. */
export function exporterStates(exporter: Exporter, now: number): readonly ExporterState[] {
  const { lastSeenMilliseconds, lostUnits, unknownTemplateSets, templates } = exporter;
  const { clockSkewMilliseconds, notSentFlows } = exporter;
  const states: (ExporterState | false)[] = [
    now - lastSeenMilliseconds > SILENT_MS && {
      kind: 'danger',
      text: 'silent',
      advice:
        'Nothing has come for three minutes. See that the exporter runs, has a way to this collector, and that no firewall stops its UDP.',
    },
    templates === 0 &&
      unknownTemplateSets > 0 && {
        kind: 'danger',
        text: 'no template',
        advice:
          'Records come, but not the template that says how to read them. Have the exporter send templates each minute.',
      },
    Math.abs(clockSkewMilliseconds) > SKEWED_MS && {
      kind: 'warning',
      text: 'clock',
      advice: 'Its clock and that of this collector are apart: set both by NTP.',
    },
    lostUnits > 0 && {
      kind: 'warning',
      text: 'gaps',
      advice:
        'Its sequence numbers have gaps: something was lost on the way. Look whether the collector dropped datagrams; if not, the network did.',
    },
    notSentFlows > 0 && {
      kind: 'warning',
      text: 'overloaded',
      advice: 'By its own count it has seen flows that it could not send: sample, or export less.',
    },
  ];
  return states.filter((state) => state !== false);
}

/** The worst of them, or that all is well. */
export function exporterState(exporter: Exporter, now: number): ExporterState {
  return exporterStates(exporter, now)[0] ?? OK;
}

/** One line of the list: an address may send by several protocols, connections and domains. */
export function exporterKey(exporter: Exporter): string {
  const { exporterAddress, exportProtocol, session, observationDomainId } = exporter;
  return [exporterAddress, exportProtocol, session, observationDomainId].join(' ');
}

const PROTOCOLS: Readonly<Record<string, string>> = {
  netflow1: 'NetFlow v1',
  netflow5: 'NetFlow v5',
  netflow7: 'NetFlow v7',
  netflow9: 'NetFlow v9',
  ipfix: 'IPFIX',
  sflow5: 'sFlow v5',
};
export const protocolTitle = (name: string): string => PROTOCOLS[name] ?? name;

/** What `lostUnits` counts, by protocol. */
const UNITS: Readonly<Record<string, string>> = {
  netflow5: 'flows',
  netflow7: 'flows',
  netflow9: 'datagrams',
  ipfix: 'records',
  sflow5: 'datagrams',
};
export const lostUnit = (protocol: string): string => UNITS[protocol] ?? 'units';

/** What a reason means, "" for one of a later Weir. */
export function dropReasonText(reason: string): string {
  return (DROP_REASONS as Readonly<Record<string, string>>)[reason] ?? '';
}

/** For all reasons together. */
export function droppedOf({ dropsByReason }: Exporter): number {
  return Object.values(dropsByReason).reduce((sum, count) => sum + count, 0);
}

/** Records a second of each exporter between two answers; none where there is but one, or it began anew. */
export function recordRates(
  before: { readonly exporters: readonly Exporter[]; readonly now: number } | undefined,
  after: { readonly exporters: readonly Exporter[]; readonly now: number },
): ReadonlyMap<string, number> {
  const seconds = before === undefined ? 0 : (after.now - before.now) / 1000;
  if (before === undefined || seconds <= 0) return new Map();
  const counts = new Map(before.exporters.map((one) => [exporterKey(one), one.records]));
  return new Map(
    after.exporters.flatMap((one) => {
      const key = exporterKey(one);
      const count = counts.get(key);
      if (count === undefined || one.records < count) return [];
      return [[key, (one.records - count) / seconds] as const];
    }),
  );
}
