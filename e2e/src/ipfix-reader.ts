// SPDX-License-Identifier: Apache-2.0
// A reader of IPFIX (RFC 7011) that shares no code with Weir: it follows the templates of one
// transport session, and throws at what a collector could not read.

interface Field {
  readonly element: number;
  readonly enterprise: number;
  readonly length: number;
}

interface Template {
  readonly fields: readonly Field[];
  readonly isOptions: boolean;
}

const VARIABLE_LENGTH = 65535;
const REVERSE_ENTERPRISE = 29305; // RFC 5103
const OCTET_DELTA_COUNT = 1;
const PACKET_DELTA_COUNT = 2;

export interface FlowTotals {
  records: number;
  packets: number;
  octets: number;
}

export class IpfixSession {
  readonly totals: FlowTotals = { records: 0, packets: 0, octets: 0 };
  /** flow records as hexadecimal keys of their addresses, ports and protocol, ends in one order */
  readonly flows = new Set<string>();
  /** what options data said of an element, in its order; integers only */
  readonly told = new Map<number, number[]>();
  messages = 0;
  readonly #templates = new Map<string, Template>();
  readonly #nextSequence = new Map<number, number>();
  /** data records that its sequence numbers say are missing */
  missingRecords = 0;
  #rest: Buffer = Buffer.alloc(0);

  /** Octets of a stream, cut anywhere. */
  takeStream(octets: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, octets]);
    while (this.#rest.length >= 16) {
      const length = this.#rest.readUInt16BE(2);
      if (this.#rest.length < length) return;
      this.takeMessage(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
    }
  }

  /** Octets of a message that was not complete. */
  get tornOctets(): number {
    return this.#rest.length;
  }

  takeMessage(message: Buffer): void {
    if (message.readUInt16BE(0) !== 10) throw new Error('not an IPFIX message');
    if (message.readUInt16BE(2) !== message.length) throw new Error('wrong message length');
    const sequence = message.readUInt32BE(8);
    const domain = message.readUInt32BE(12);
    this.missingRecords += sequence - (this.#nextSequence.get(domain) ?? 0);
    let dataRecords = 0;
    for (let at = 16; at < message.length; ) {
      const id = message.readUInt16BE(at);
      const length = message.readUInt16BE(at + 2);
      const set = message.subarray(at + 4, at + length);
      if (id === 2 || id === 3) this.#takeTemplates(domain, set, id === 3);
      else dataRecords += this.#takeData(domain, id, set);
      at += length;
    }
    this.#nextSequence.set(domain, sequence + dataRecords);
    this.messages += 1;
  }

  #takeTemplates(domain: number, set: Buffer, isOptions: boolean): void {
    for (let at = 0; set.length - at >= 4; ) {
      const id = set.readUInt16BE(at);
      const count = set.readUInt16BE(at + 2);
      at += isOptions ? 6 : 4;
      const fields: Field[] = [];
      for (let field = 0; field < count; field += 1) {
        const element = set.readUInt16BE(at);
        const hasEnterprise = (element & 0x8000) !== 0;
        const enterprise = hasEnterprise ? set.readUInt32BE(at + 4) : 0;
        fields.push({ element: element & 0x7fff, enterprise, length: set.readUInt16BE(at + 2) });
        at += hasEnterprise ? 8 : 4;
      }
      this.#templates.set(`${domain} ${id}`, { fields, isOptions });
    }
  }

  #takeData(domain: number, id: number, set: Buffer): number {
    const template = this.#templates.get(`${domain} ${id}`);
    if (!template) throw new Error(`data of template ${id} before the template`);
    const shortest = template.fields.reduce(
      (sum, { length }) => sum + (length === VARIABLE_LENGTH ? 1 : length),
      0,
    );
    let records = 0;
    for (let at = 0; set.length - at >= shortest; records += 1) {
      at = this.#takeRecord(template, set, at);
    }
    return records;
  }

  #takeRecord({ fields, isOptions }: Template, set: Buffer, start: number): number {
    let at = start;
    const values = new Map<string, Buffer>();
    for (const { element, enterprise, length } of fields) {
      let size = length;
      if (length === VARIABLE_LENGTH) {
        size = set.readUInt8(at);
        at += 1;
        if (size === 255) {
          size = set.readUInt16BE(at);
          at += 2;
        }
      }
      values.set(`${enterprise}/${element}`, set.subarray(at, at + size));
      at += size;
    }
    if (isOptions) this.#noteOptions(values);
    else this.#noteFlow(values);
    return at;
  }

  #noteOptions(values: ReadonlyMap<string, Buffer>): void {
    for (const [key, value] of values) {
      if (!key.startsWith('0/') || value.length === 0 || value.length > 8) continue;
      const element = Number(key.slice(2));
      const number = Number(BigInt(`0x${value.toString('hex')}`));
      this.told.set(element, [...(this.told.get(element) ?? []), number]);
    }
  }

  #noteFlow(values: ReadonlyMap<string, Buffer>): void {
    const sum = (element: number): number =>
      [0, REVERSE_ENTERPRISE].reduce((total, enterprise) => {
        const value = values.get(`${enterprise}/${element}`);
        return total + (value ? Number(BigInt(`0x${value.toString('hex')}`)) : 0);
      }, 0);
    this.totals.records += 1;
    this.totals.packets += sum(PACKET_DELTA_COUNT);
    this.totals.octets += sum(OCTET_DELTA_COUNT);
    const hex = (...elements: number[]): string =>
      elements.map((element) => values.get(`0/${element}`)?.toString('hex') ?? '').join('');
    // Addresses are elements 8, 27 and 12, 28; ports 7 and 11; the protocol is 4.
    const ends = [hex(8, 27, 7), hex(12, 28, 11)].sort();
    this.flows.add([...ends, hex(4)].join(' '));
  }
}
