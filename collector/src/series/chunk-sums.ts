// SPDX-License-Identifier: Apache-2.0
import { addressText } from '@weir/wire';
import { ADDRESS_OCTETS, type ObservedChunk, wideAt, wordsOf } from '../flow-chunk.js';
import { keyOf, type Measurement, tagValue } from './measurements.js';
import { type Amounts, IdSums } from './sums.js';

/** Takes the sum of some rows of a chunk. */
export type TakeSum = (measurement: Measurement, key: string, amounts: Amounts) => void;

/** Whatever has a direction: an interface, a site. */
interface TwoWaySums {
  readonly in: IdSums;
  readonly out: IdSums;
}

const twoWay = (): TwoWaySums => ({ in: new IdSums(), out: new IdSums() });

/** Arrays that serve for one chunk after the other. */
export function createScratch() {
  return {
    application: new IdSums(),
    category: new IdSums(),
    exporter: new IdSums(),
    site: twoWay(),
    port: twoWay(),
  };
}
export type Scratch = ReturnType<typeof createScratch>;

/** Interfaces that are found without a look-up in a table. */
const RECENT = 1024;

/** Small numbers for things that have none of their own in a chunk. */
class Slots<Key, Thing> {
  readonly things: Thing[] = [];
  readonly #slots = new Map<Key, number>();

  slotOf(key: Key, make: () => Thing): number {
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = this.things.push(make()) - 1;
      this.#slots.set(key, slot);
    }
    return slot;
  }
}

interface Exporter {
  readonly address: string;
  readonly name: number;
}
interface Interface {
  readonly exporter: number;
  readonly index: number;
  readonly name: number;
}

/** The columns that are read here, as an object of one shape: look-ups in it cost next to nothing. */
function columnsOf({ columns: c }: ObservedChunk) {
  return {
    octets: wordsOf(c.octets),
    packets: wordsOf(c.packets),
    reverseOctets: wordsOf(c.reverseOctets),
    reversePackets: wordsOf(c.reversePackets),
    exporterAddress: c.exporterAddress,
    exporterName: c.exporterName,
    applicationName: c.applicationName,
    applicationCategory: c.applicationCategory,
    sourceSite: c.sourceSite,
    destinationSite: c.destinationSite,
    ingressInterface: c.ingressInterface,
    egressInterface: c.egressInterface,
    ingressInterfaceName: c.ingressInterfaceName,
    egressInterfaceName: c.egressInterfaceName,
  };
}

/**
 * Sums rows of one chunk. Rows are added by the ids of their names, in arrays; texts are made only for
 * what came out: that costs a fraction of a look-up by text for each row.
 */
export class ChunkSums {
  readonly #chunk: ObservedChunk;
  readonly #exporters = new Slots<string, Exporter>();
  readonly #interfaces = new Slots<number, Interface>();
  readonly #recentKeys = new Float64Array(RECENT).fill(-1);
  readonly #recentSlots = new Int32Array(RECENT);
  readonly #categoryOf: number[] = [];
  readonly #sums: Scratch;
  readonly #columns: ReturnType<typeof columnsOf>;
  #lastExporterRow = -1;
  #lastExporter = 0;

  /** @param scratch holds nothing, and is drained before the next chunk */
  constructor(chunk: ObservedChunk, scratch: Scratch) {
    this.#chunk = chunk;
    this.#sums = scratch;
    this.#columns = columnsOf(chunk);
  }

  add(row: number): void {
    const columns = this.#columns;
    const octets = wideAt(columns.octets, row);
    const packets = wideAt(columns.packets, row);
    const reverseOctets = wideAt(columns.reverseOctets, row);
    const reversePackets = wideAt(columns.reversePackets, row);
    const exporter = this.#exporterOf(row);
    this.#addTotals(row, exporter, octets + reverseOctets, packets + reversePackets);
    this.#addDirections(row, exporter, octets, packets);
    if (reversePackets > 0) this.#addReverse(row, exporter, reverseOctets, reversePackets);
  }

  /** Gives the sums of the rows that were added since the last time. */
  drain(take: TakeSum): void {
    const { application, category, exporter, site, port } = this.#sums;
    const text = (id: number | undefined) => tagValue(this.#chunk.names[id ?? 0] ?? '');
    application.drain((id, sum) => {
      take('weir_application', keyOf(text(id), text(this.#categoryOf[id])), sum);
    });
    category.drain((id, sum) => take('weir_category', text(id), sum));
    exporter.drain((slot, sum) => {
      const { address, name } = this.#exporters.things[slot] as Exporter;
      take('weir_exporter', keyOf(address, text(name)), sum);
    });
    for (const direction of ['in', 'out'] as const) {
      site[direction].drain((id, sum) => take('weir_site', keyOf(text(id), direction), sum));
      port[direction].drain((slot, sum) => {
        const { exporter, index, name } = this.#interfaces.things[slot] as Interface;
        const { address } = this.#exporters.things[exporter] as Exporter;
        take('weir_interface', keyOf(address, String(index), text(name), direction), sum);
      });
    }
  }

  #addTotals(row: number, exporter: number, octets: number, packets: number): void {
    const { applicationName, applicationCategory } = this.#columns;
    const application = applicationName[row] as number;
    const category = applicationCategory[row] as number;
    this.#categoryOf[application] ??= category;
    this.#sums.application.add(application, octets, packets);
    this.#sums.category.add(category, octets, packets);
    this.#sums.exporter.add(exporter, octets, packets);
  }

  #addDirections(row: number, exporter: number, octets: number, packets: number): void {
    const { sourceSite, destinationSite } = this.#columns;
    const { site, port } = this.#sums;
    site.out.add(sourceSite[row] as number, octets, packets);
    site.in.add(destinationSite[row] as number, octets, packets);
    const ingress = this.#ingressOf(row, exporter);
    const egress = this.#egressOf(row, exporter);
    if (ingress >= 0) port.in.add(ingress, octets, packets);
    if (egress >= 0) port.out.add(egress, octets, packets);
  }

  /** What comes back goes in where the flow went out. */
  #addReverse(row: number, exporter: number, octets: number, packets: number): void {
    const { sourceSite, destinationSite } = this.#columns;
    const { site, port } = this.#sums;
    site.in.add(sourceSite[row] as number, octets, packets);
    site.out.add(destinationSite[row] as number, octets, packets);
    const ingress = this.#ingressOf(row, exporter);
    const egress = this.#egressOf(row, exporter);
    if (egress >= 0) port.in.add(egress, octets, packets);
    if (ingress >= 0) port.out.add(ingress, octets, packets);
  }

  /** Records of one datagram follow each other: most rows have the exporter of the row before. */
  #exporterOf(row: number): number {
    const { exporterAddress, exporterName } = this.#columns;
    if (this.#lastExporterRow >= 0 && sameAddress(exporterAddress, row, this.#lastExporterRow)) {
      this.#lastExporterRow = row;
      return this.#lastExporter;
    }
    const address = addressText(addressAt(exporterAddress, row));
    const name = exporterName[row] as number;
    this.#lastExporterRow = row;
    this.#lastExporter = this.#exporters.slotOf(address, () => ({ address, name }));
    return this.#lastExporter;
  }

  #ingressOf(row: number, exporter: number): number {
    const { ingressInterface, ingressInterfaceName } = this.#columns;
    return this.#interfaceOf(exporter, ingressInterface[row] as number, ingressInterfaceName[row]);
  }

  #egressOf(row: number, exporter: number): number {
    const { egressInterface, egressInterfaceName } = this.#columns;
    return this.#interfaceOf(exporter, egressInterface[row] as number, egressInterfaceName[row]);
  }

  /** -1 where the exporter does not tell the interface. */
  #interfaceOf(exporter: number, index: number, name = 0): number {
    if (index === 0) return -1;
    // Exact: there are fewer than 2^21 exporters.
    const key = exporter * 2 ** 32 + index;
    const at = (index * 31 + exporter * 17) % RECENT;
    if (this.#recentKeys[at] !== key) {
      this.#recentKeys[at] = key;
      this.#recentSlots[at] = this.#interfaces.slotOf(key, () => ({ exporter, index, name }));
    }
    return this.#recentSlots[at] as number;
  }
}

function addressAt(octets: Uint8Array, row: number): Uint8Array {
  return octets.subarray(row * ADDRESS_OCTETS, (row + 1) * ADDRESS_OCTETS);
}

function sameAddress(octets: Uint8Array, row: number, other: number): boolean {
  const a = row * ADDRESS_OCTETS;
  const b = other * ADDRESS_OCTETS;
  for (let i = ADDRESS_OCTETS - 1; i >= 0; i--) if (octets[a + i] !== octets[b + i]) return false;
  return true;
}
