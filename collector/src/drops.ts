// SPDX-License-Identifier: Apache-2.0

/** Why input was not turned into stored records. Each reason is a counter; nothing is dropped without one. */
export const DROP_REASONS = {
  receiveBufferFull: 'datagrams that the kernel dropped: the collector did not take them in time',
  exporterNotAllowed:
    'datagrams and connections from an address that allowedExporters does not cover',
  abandonedDatagrams: 'datagrams that were left when the collector had to stop',
  limitedRecords: 'records beyond an exporter’s rate; those that are kept count for them',
  refusedConnections: 'connections of exporters beyond the limit',
  malformedStreams: 'connections that carried something else than IPFIX',
  stalledConnections: 'connections that did not finish a message or a handshake in time',
  failedHandshakes: 'connections without TLS, or without a certificate that is vouched for',
  foreignCertificates: 'connections whose certificate is for other addresses',
  truncatedMessages: 'IPFIX messages that their connection did not bring to the end',
  unsupportedVersion: 'datagrams of no protocol that is known',
  truncatedHeader: 'datagrams shorter than their header',
  truncatedDatagram: 'datagrams that announce more than they hold; the rest is taken',
  malformedSet: 'sets whose length cannot be',
  reservedSet: 'sets with a reserved id',
  malformedTemplate: 'templates that cannot be',
  malformedRecord: 'sets that end inside a record',
  malformedSample: 'sFlow samples that end too early',
  unknownSamples: 'sFlow samples of a kind that is not known',
  undecodedHeaders: 'sFlow samples whose packet header says nothing about a flow',
  tooManyExporters: 'datagrams from a new exporter beyond the limit',
  tooManyDomains: 'datagrams from a new observation domain beyond the limit',
  tooManyTemplates: 'templates beyond the limits in number and in fields',
  tooManyOptions: 'names of applications and interfaces and sampling intervals beyond the limit',
  unknownTemplateDropped: 'sets that waited for a template in vain',
  recordsWithoutFlow: 'records with nothing in them that is of a flow',
  eventsWithoutTraffic: 'records of a firewall’s or NAT’s events that count no packets',
  implausibleTimes: 'records whose time cannot be (kept, with the time of export)',
  implausibleExportTimes: 'datagrams whose clock cannot be right (kept, with the time received)',
  saturatedCounters: 'records whose counters exceed 64 bits with sampling (kept)',
  storeOverflow: 'records that waited in the spool for the store until it was full',
  diskFull: 'records that could not be written: the disk is full or refuses',
  spoolRefused: 'records in files that the store cannot read; the files are set aside',
  spoolUnfinished: 'records in files that were half-written when the collector was killed',
} as const;
export type DropReason = keyof typeof DROP_REASONS;

/** Counters by reason; only reasons that happened are present. */
export type DropCounters = Partial<Record<DropReason, number>>;

export function countDrop(drops: DropCounters, reason: DropReason, amount = 1): void {
  drops[reason] = (drops[reason] ?? 0) + amount;
}
