// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@weir/wire';
import type { GatewayConfig } from '../config.js';
import { Gateway } from '../gateway.js';
import type { Namespace } from './namespace.js';
import { StandInCollector } from './stand-in-collector.js';

/** A collector that does as it is told, and gateways that follow it. */
export class TestBed implements AsyncDisposable {
  readonly collector = new StandInCollector();
  /** Warnings and errors of all gateways. */
  readonly told: string[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'weir-gateway-'));
  readonly #gateways: Gateway[] = [];

  static async create(): Promise<TestBed> {
    const bed = new TestBed();
    await bed.collector.start();
    return bed;
  }

  config(): GatewayConfig {
    return {
      collector: this.collector.url,
      protect: [],
      table: 'weir',
      site: 'default',
      name: 'north',
      inside: [],
      outside: [],
      lineUpBitsPerSecond: 1e11,
      lineDownBitsPerSecond: 1e11,
      ctMark: '0xffffff00',
      qdiscHandle: '7e1f',
      stateFile: join(this.#folder, 'decisions.json'),
      lossSeconds: 30,
      reconcileSeconds: 5,
      reportSeconds: 0.2,
      waitSeconds: 20,
      onStop: 'remove',
    };
  }

  /** Not started. */
  gateway(where: Namespace, change: Partial<GatewayConfig> = {}): Gateway {
    const { nftCommand, tcCommand, ipCommand, conntrackCommand } = where;
    const log: Logger = (level, message) => {
      if (level === 'warn' || level === 'error') this.told.push(message);
    };
    const commands = { nftCommand, tcCommand, ipCommand, conntrackCommand };
    const gateway = new Gateway({ ...this.config(), ...change }, { log, ...commands });
    this.#gateways.push(gateway);
    return gateway;
  }

  async start(where: Namespace, change: Partial<GatewayConfig> = {}): Promise<Gateway> {
    const gateway = this.gateway(where, change);
    await gateway.start();
    return gateway;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const gateway of this.#gateways) await gateway.stop();
    await this.collector.stop();
    rmSync(this.#folder, { recursive: true });
  }
}
