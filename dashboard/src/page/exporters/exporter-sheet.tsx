// SPDX-License-Identifier: Apache-2.0
import type { Exporter } from '@weir/wire';
import { type FactProps, Facts } from '../../control/facts';
import { Sheet, SheetPart } from '../../control/sheet';
import { formatCount, formatOctets } from '../../format/quantity';
import { formatAgo, formatDuration } from '../../format/time';
import { knownPages } from '../../view/known-pages';
import { prefixKind } from '../../view/preferences';
import { momentText } from '../../view/shown';
import type { View } from '../../view/view';
import { dropReasonText, exporterStates, lostUnit, protocolTitle } from './exporter-state';

export interface ExporterSheetProps {
  readonly view: View;
  readonly exporter: Exporter;
  /** "" where it has none. */
  readonly name: string;
  readonly now: number;
  readonly onClose: () => void;
}

/** All that is known of an exporter. */
export function ExporterSheet({ view, exporter, name, now, onClose }: ExporterSheetProps) {
  const { exporterAddress } = exporter;
  const states = exporterStates(exporter, now);
  return (
    <Sheet
      title={name === '' ? exporterAddress : `${name} (${exporterAddress})`}
      testId="exporter-sheet"
      actions={<Leads view={view} address={exporterAddress} />}
      onClose={onClose}
    >
      {states.map(({ text, advice }) => (
        <p key={text} class="advice">
          {advice}
        </p>
      ))}
      <SheetPart title="What came">
        <Facts facts={cameFacts(exporter, now)} />
      </SheetPart>
      <SheetPart title="What is missing">
        <Facts facts={missingFacts(exporter)} />
      </SheetPart>
      <SheetPart title="What was not taken">
        <Drops exporter={exporter} />
      </SheetPart>
      <SheetPart title="What it has told">
        <Facts facts={toldFacts(exporter)} />
      </SheetPart>
      <SheetPart title="Its clock">
        <Facts facts={clockFacts(exporter)} />
      </SheetPart>
    </Sheet>
  );
}

/** By reason; what the collector cannot tell whose it is has its place in the collector's health. */
function Drops({ exporter: { dropsByReason } }: { readonly exporter: Exporter }) {
  const dropped = Object.entries(dropsByReason).sort(([, a], [, b]) => b - a);
  if (dropped.length === 0) return <p class="muted">All that came of it was taken.</p>;
  const facts = dropped.map(([reason, count]) => ({
    ...{ term: dropReasonText(reason) || reason, value: formatCount(count) },
    about: reason,
  }));
  return <Facts facts={facts} />;
}

const LEADS = [
  { page: 'explore', title: 'Explore its traffic' },
  { page: 'flows', title: 'Raw flows' },
  { page: 'exporters', title: 'Its interfaces' },
] as const;

function Leads({ view, address }: { readonly view: View; readonly address: string }) {
  const filter = `exporter = ${address}`;
  return (
    <>
      {LEADS.filter(({ page }) => knownPages.value.has(page)).map(({ page, title }) => (
        <a
          key={page}
          class="button"
          href={view.link(
            page,
            page === 'exporters' ? { tab: 'interfaces', exporter: address } : { filter },
          )}
        >
          {title}
        </a>
      ))}
    </>
  );
}

function cameFacts(exporter: Exporter, now: number): FactProps[] {
  const { exportProtocol, session, observationDomainId, datagrams, octets, records } = exporter;
  const { firstSeenMilliseconds, lastSeenMilliseconds, optionsRecords } = exporter;
  return [
    { term: 'Protocol', value: protocolTitle(exportProtocol) },
    { term: 'Over', value: session === 0 ? 'UDP' : 'a connection' },
    { term: 'Observation domain', value: observationDomainId },
    { term: 'Datagrams', value: formatCount(datagrams) },
    { term: 'Octets', value: formatOctets(octets, prefixKind.value) },
    { term: 'Records', value: formatCount(records) },
    { term: 'Records of options', value: formatCount(optionsRecords) },
    { term: 'Heard first', value: momentText(firstSeenMilliseconds) },
    { term: 'Heard last', value: formatAgo(now - lastSeenMilliseconds) },
  ];
}

function missingFacts(exporter: Exporter): FactProps[] {
  const { exportProtocol, lostUnits, gaps, lateDatagrams, duplicateDatagrams } = exporter;
  const { restarts, unknownTemplateSets, notSentFlows, ignoredPackets } = exporter;
  return [
    {
      term: `Lost ${lostUnit(exportProtocol)}`,
      value: formatCount(lostUnits),
      about: 'by the gaps in its sequence numbers',
    },
    { term: 'Gaps', value: formatCount(gaps) },
    { term: 'Late datagrams', value: formatCount(lateDatagrams) },
    { term: 'Datagrams that came twice', value: formatCount(duplicateDatagrams) },
    {
      term: 'Sets that waited for their template',
      value: formatCount(unknownTemplateSets),
    },
    { term: 'Times it began anew', value: formatCount(restarts) },
    { term: 'Flows not sent, by its own count', value: formatCount(notSentFlows) },
    { term: 'Packets ignored, by its own count', value: formatCount(ignoredPackets) },
  ];
}

function toldFacts(exporter: Exporter): FactProps[] {
  const { templates, applications, interfaces, samplers, samplingInterval } = exporter;
  return [
    { term: 'Templates', value: formatCount(templates) },
    { term: 'Applications', value: formatCount(applications) },
    { term: 'Names of interfaces', value: formatCount(interfaces) },
    { term: 'Samplers', value: formatCount(samplers) },
    {
      term: 'Sampling',
      value: samplingInterval > 1 ? `1 in ${formatCount(samplingInterval)}` : 'none',
    },
  ];
}

function clockFacts(exporter: Exporter): FactProps[] {
  const { clockSkewMilliseconds, leastClockSkewMilliseconds } = exporter;
  return [
    {
      term: 'Behind this collector',
      value: signedDuration(clockSkewMilliseconds),
      about: 'time received − time of export, of the last datagram',
    },
    { term: 'At the least', value: signedDuration(leastClockSkewMilliseconds) },
  ];
}

const signedDuration = (ms: number): string =>
  `${ms < 0 ? '−' : ''}${formatDuration(Math.abs(ms))}`;
