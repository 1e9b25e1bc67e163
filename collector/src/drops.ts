// SPDX-License-Identifier: Apache-2.0

/** Why input was not turned into stored records. Each reason is a counter; nothing is dropped without one. */
export const DROP_REASONS = {
  receiveBufferFull: 'datagrams that the kernel dropped: the collector did not take them in time',
  exporterNotAllowed: 'datagrams from an address that allowedExporters does not cover',
  tooManyExporters: 'datagrams from a new exporter or domain beyond the limit',
  unsupportedVersion: 'datagrams that are neither NetFlow v5 nor v9',
  truncatedHeader: 'datagrams shorter than their header',
  truncatedRecords: 'datagrams (v5) that hold fewer records than they announce',
  malformedSet: 'v9 datagrams with a FlowSet whose length cannot be',
  reservedSet: 'v9 FlowSets with a reserved id',
  malformedTemplate: 'v9 templates that cannot be',
  tooManyTemplates: 'v9 templates beyond the limits in number and in fields',
  malformedRecord: 'v9 data FlowSets that end inside a record',
  unknownTemplateOverflow: 'v9 data FlowSets that waited for a template in vain',
  tooManyOptions: 'names of applications and sampling intervals beyond the limit',
  implausibleTime: 'records whose time cannot be (kept, with the time of export)',
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
