// SPDX-License-Identifier: Apache-2.0
import { countDrop, type DropCounters } from '../drops.js';
import type { Datagram } from '../receive/receiver.js';
import type { FlowBatch } from './batch.js';
import { EXPORTER_LIMITS, type ExporterLimits, Exporters } from './exporters.js';
import { decodeNetflow5 } from './netflow5.js';
import { decodeNetflow9 } from './netflow9.js';

/** Turns datagrams into columns. Never throws on what a datagram holds: that is counted in `drops`. */
export class Decoder {
  readonly exporters: Exporters;
  readonly drops: DropCounters;
  /** Records decoded since the start. */
  records = 0;

  constructor(drops: DropCounters = {}, limits: ExporterLimits = EXPORTER_LIMITS) {
    this.drops = drops;
    this.exporters = new Exporters(limits, drops);
  }

  /** Appends the datagram's records and options to the batch; returns the number of records. */
  decode(datagram: Datagram, batch: FlowBatch): number {
    const { payload: octets, exporterAddress, receivedMilliseconds } = datagram;
    const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
    const raw = { view, octets, exporterAddress, receivedMilliseconds };
    const state = { exporters: this.exporters, batch, drops: this.drops };
    const records = this.#byVersion(raw, state);
    this.records += records;
    return records;
  }

  #byVersion(
    raw: Parameters<typeof decodeNetflow9>[0],
    state: Parameters<typeof decodeNetflow9>[1],
  ) {
    if (raw.octets.length < 2) {
      countDrop(this.drops, 'truncatedHeader');
      return 0;
    }
    switch (raw.view.getUint16(0)) {
      case 5:
        return decodeNetflow5(raw, state);
      case 9:
        return decodeNetflow9(raw, state);
      default:
        countDrop(this.drops, 'unsupportedVersion');
        return 0;
    }
  }
}
