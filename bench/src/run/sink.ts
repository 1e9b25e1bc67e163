// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { toolPath } from '../paths.js';
import { Child } from './child.js';

/** What tools/flowsink says of the datagrams that it took. */
export interface SinkBooks {
  readonly version: number;
  readonly datagrams: number;
  readonly records: number;
  readonly optionRecords: number;
  /** sums over the records, both directions */
  readonly packets: number;
  readonly octets: number;
  /** distinct 5-tuples, direction ignored; only of mode `keep` */
  readonly flows?: number;
  /** distinct 5-tuples with a direction */
  readonly uniflows?: number;
  /** datagrams (v9) or records (v5, IPFIX) that the sequence numbers miss */
  readonly sequenceGaps: number;
  readonly kernelDrops: number;
  readonly malformed: number;
  readonly withoutTemplate: number;
  readonly recordsByTemplate: Readonly<Record<string, number>>;
}

export interface SinkOptions {
  /** keep: counts distinct flows at the end; sums: any number of datagrams */
  readonly mode: 'keep' | 'sums';
  readonly core: number;
  readonly folder: string;
  /** words in front of the command, e.g. `ip netns exec NAME` */
  readonly before?: readonly string[];
}

/** A collector that only counts, on a core of its own. */
export class FlowSink implements AsyncDisposable {
  readonly #child: Child;
  /** of 127.0.0.1 */
  readonly port: number;

  private constructor(child: Child) {
    this.#child = child;
    this.port = Number(/^port (\d+)/.exec(child.output)?.[1]);
  }

  static async start({ mode, core, folder, before = [] }: SinkOptions): Promise<FlowSink> {
    const sink = [toolPath('flowsink'), mode];
    const child = Child.start(
      [...before, 'taskset', '-c', String(core), ...sink],
      path.join(folder, 'sink'),
    );
    await child.printed(/^port \d+$/m);
    return new FlowSink(child);
  }

  async stop(): Promise<SinkBooks> {
    await this.#child.end('SIGTERM');
    return JSON.parse(this.#child.output.split('\n')[1] ?? '') as SinkBooks;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.end('SIGKILL');
  }
}
