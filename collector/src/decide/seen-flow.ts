// SPDX-License-Identifier: Apache-2.0
// A flow record as rules decide on it: read out of its chunk as far as somebody asks.
import { addressText, type Evidence } from '@weir/wire';
import { ADDRESS_OCTETS, wideAt, wordsOf } from '../flow-chunk.js';
import type { FlowRows } from '../flow-row.js';

export interface SeenFlow extends Evidence {
  /** internal, ingress, egress or transit; empty where networks are not known. */
  readonly scope: string;
  readonly sourceNetwork: string;
  readonly destinationNetwork: string;
  /** False: another exporter's record of the same flow counts. */
  readonly isCounted: boolean;
}

/** The part that a decision shows. */
export function evidenceOf(flow: SeenFlow): Evidence {
  return {
    protocolIdentifier: flow.protocolIdentifier,
    sourceAddress: flow.sourceAddress,
    sourceTransportPort: flow.sourceTransportPort,
    destinationAddress: flow.destinationAddress,
    destinationTransportPort: flow.destinationTransportPort,
    applicationName: flow.applicationName,
    applicationConfidence: flow.applicationConfidence,
    serverName: flow.serverName,
    exporterAddress: flow.exporterAddress,
    seenMilliseconds: flow.seenMilliseconds,
    octets: flow.octets,
    packets: flow.packets,
    ...(flow.signature !== undefined && { signature: flow.signature }),
  };
}

/** A row of a chunk. Good as long as the chunk is. */
export class RowFlow implements SeenFlow {
  readonly #chunk: FlowRows;
  readonly #row: number;

  constructor(chunk: FlowRows, row: number) {
    this.#chunk = chunk;
    this.#row = row;
  }

  get protocolIdentifier(): number {
    return this.#chunk.columns.protocolIdentifier[this.#row] as number;
  }
  get sourceAddress(): string {
    return addressTexts.at(this.#chunk.columns.sourceAddress, this.#row);
  }
  get sourceTransportPort(): number {
    return this.#chunk.columns.sourceTransportPort[this.#row] as number;
  }
  get destinationAddress(): string {
    return addressTexts.at(this.#chunk.columns.destinationAddress, this.#row);
  }
  get destinationTransportPort(): number {
    return this.#chunk.columns.destinationTransportPort[this.#row] as number;
  }
  get exporterAddress(): string {
    return addressTexts.at(this.#chunk.columns.exporterAddress, this.#row);
  }
  get applicationName(): string {
    return this.#name(this.#chunk.columns.applicationName);
  }
  get applicationConfidence(): string {
    return this.#name(this.#chunk.columns.applicationConfidence);
  }
  /** Stored records have none. */
  get signature(): string | undefined {
    return this.#name(this.#chunk.columns.applicationSignature) || undefined;
  }
  get serverName(): string {
    return this.#name(this.#chunk.columns.serverName);
  }
  get scope(): string {
    return this.#name(this.#chunk.columns.scope);
  }
  get sourceNetwork(): string {
    return this.#name(this.#chunk.columns.sourceNetwork);
  }
  get destinationNetwork(): string {
    return this.#name(this.#chunk.columns.destinationNetwork);
  }
  get seenMilliseconds(): number {
    return wideAt(wordsOf(this.#chunk.columns.receivedMilliseconds), this.#row);
  }
  get octets(): number {
    return wideAt(wordsOf(this.#chunk.columns.octets), this.#row);
  }
  get packets(): number {
    return wideAt(wordsOf(this.#chunk.columns.packets), this.#row);
  }
  get isCounted(): boolean {
    return this.#chunk.columns.counted[this.#row] !== 0;
  }

  #name(column: Uint32Array): string {
    return this.#chunk.names[column[this.#row] as number] ?? '';
  }
}

const MOST_TEXTS = 1 << 17;
const MAPPED_WORD = 0xffff;

/** The same few addresses come again and again, and to write one costs more than all else about a row. */
class AddressTexts {
  readonly #texts = new Map<number, string>();

  at(column: Uint8Array, row: number): string {
    const at = row * ADDRESS_OCTETS;
    const octets = column.subarray(at, at + ADDRESS_OCTETS);
    const words = new DataView(octets.buffer, octets.byteOffset, ADDRESS_OCTETS);
    const isV4 =
      words.getUint32(8) === MAPPED_WORD && words.getUint32(0) === 0 && words.getUint32(4) === 0;
    if (!isV4) return addressText(octets);
    const number = words.getUint32(12);
    const known = this.#texts.get(number);
    if (known !== undefined) return known;
    if (this.#texts.size >= MOST_TEXTS) this.#texts.clear();
    const text = addressText(octets);
    this.#texts.set(number, text);
    return text;
  }
}

const addressTexts = new AddressTexts();
