// SPDX-License-Identifier: Apache-2.0
// For unit tests only: the API as a collector serves it, over a folder of its own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HealthResponse } from '@weir/wire';
import { Access, type AccessOptions } from '../access/access.js';
import type { Actor } from '../access/audit-log.js';
import { Decisions, type DecisionsOptions } from '../decide/decisions.js';
import { EMPTY_STORE } from '../decide/test-rules.js';
import { ViewBook } from '../views/view-book.js';
import type { ApiServer } from './api-server.js';
import type { ApiContext } from './context.js';
import { LiveFeed } from './live-feed.js';
import { createServer } from './server.js';

/** Who does what a test does beside the API. */
export const TEST_ACTOR: Actor = { kind: 'terminal', name: 'test', address: '' };

export const TEST_HEALTH: HealthResponse = {
  ...{ status: 'ok', version: '1', uptimeSeconds: 1, problems: [] },
  receive: {
    ...{ listens: [], addresses: [], allowedExporters: [] },
    ...{ datagrams: 1, octets: 2, records: 3, dropsByReason: { malformedSet: 4 }, counters: {} },
  },
  store: {
    ...{ engine: 'test', storedRecords: 5, pendingRecords: 6, failedInserts: 7 },
    ...{ octets: 8, mostOctets: 9, droppedForSize: 0, tables: [] },
    spool: { files: 0, octets: 0, mostOctets: 4096, filesSetAside: 0 },
  },
  decide: {
    ...{ rules: 0, decisions: 0, revision: 0 },
    ...{ trackedKeys: 0, mostTrackedKeys: 0, givenUpKeys: 0, waiting: 0, refusedWaiting: 0 },
  },
};

interface TestApiOptions {
  /** What the test's routes ask; what is not given is not there. */
  readonly context?: Partial<ApiContext>;
  readonly decisions?: Partial<DecisionsOptions>;
  readonly access?: Partial<AccessOptions>;
  /** Addresses that it says it listens on: whether somebody has to sign in follows. @default loopback */
  readonly listensOn?: readonly string[];
}

export class TestApi {
  readonly folder = mkdtempSync(join(tmpdir(), 'weir-api-'));
  readonly dashboardFolder = join(this.folder, 'dashboard');
  readonly live = new LiveFeed();
  readonly access: Access;
  readonly decisions: Decisions;
  readonly #options: TestApiOptions;
  #server: ApiServer | undefined;

  constructor(options: TestApiOptions = {}) {
    this.#options = options;
    const shared = { dataFolder: this.folder, log: () => undefined };
    this.access = new Access({
      ...{ ...shared, mode: 'auto', sessionIdleMinutes: 60, sessionHours: 24 },
      ...options.access,
    });
    this.decisions = new Decisions({ ...shared, store: EMPTY_STORE, ...options.decisions });
  }

  get server(): ApiServer {
    if (this.#server === undefined) throw new Error('start() comes first');
    return this.#server;
  }

  async start(): Promise<void> {
    this.#makeDashboard();
    await this.decisions.start();
    await this.access.start();
    await this.access.listensOn(this.#options.listensOn ?? ['127.0.0.1']);
    const context: Partial<ApiContext> = {
      ...{ live: this.live, access: this.access, decisions: this.decisions },
      ...{ views: new ViewBook(this.folder), log: () => undefined },
      ...{ hostNames: [], trustedProxies: [], dashboardFolder: this.dashboardFolder },
      ...this.#options.context,
    };
    this.#server = await createServer(context as ApiContext);
  }

  #makeDashboard(): void {
    mkdirSync(this.dashboardFolder);
    writeFileSync(join(this.dashboardFolder, 'index.html'), '<!doctype html><title>Weir</title>');
    writeFileSync(join(this.dashboardFolder, 'main-DQx81v_a.js'), 'export {};');
  }

  async stop(): Promise<void> {
    await this.server.close();
    this.access.stop();
    await this.decisions.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** Where it listens; begins to, on a free port of loopback, when somebody asks first. */
  async listening(): Promise<AddressInfo> {
    const { server } = this.server;
    if (!server.listening) await this.server.listen({ port: 0, host: '127.0.0.1' });
    return server.address() as AddressInfo;
  }

  async ask(url: string) {
    const response = await this.server.inject(url);
    return { status: response.statusCode, body: response.json(), headers: response.headers };
  }
}
