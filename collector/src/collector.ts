// SPDX-License-Identifier: Apache-2.0
// The composition root: makes the stages, connects them, starts them from right to left and stops them
// from left to right.
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FlowChunk } from '@weir/native/collect';
import type { DropReason, ExportersResponse, Logger } from '@weir/wire';
import { Access } from './access/access.js';
import type { Deed } from './access/audit-log.js';
import { followUsers } from './access/private-views.js';
import { BehaviourWatch } from './behaviour/behaviour-watch.js';
import { isLoopback } from './client-address.js';
import type { CollectorConfig } from './config.js';
import { Decisions } from './decide/decisions.js';
import { countDrop, type DropCounters } from './drops.js';
import { Enrichment, enrichmentConfig } from './enrich/enrichment.js';
import { CollectorError, messageOf } from './errors.js';
import { Health } from './health.js';
import type { ApiServer } from './http/api-server.js';
import type { ApiContext } from './http/context.js';
import { LiveFeed } from './http/live-feed.js';
import { reachableUrl } from './http/reachable-url.js';
import { createServer } from './http/server.js';
import { reloadTls, type TlsFiles, tlsFiles } from './http/tls.js';
import { Outputs } from './outputs.js';
import { checkPrefixes } from './prefix-options.js';
import { createKnownValues } from './query/known-values.js';
import { createQueries, type Queries } from './query/queries.js';
import { QuestionGate } from './query/question-gate.js';
import { ReverseNames } from './query/reverse-names.js';
import { type Endpoint, endpointText, parseEndpoint } from './receive/endpoint.js';
import { FlowIntake } from './receive/flow-intake.js';
import { Spool, type SpoolDrop } from './spool/spool.js';
import { ChdbStore } from './store/chdb-store.js';
import { ClickhouseStore } from './store/clickhouse-store.js';
import type { FlowStore } from './store/flow-store.js';
import { ViewBook } from './views/view-book.js';

/** For the first administrator: a link that is good once. */
export interface WayIn {
  readonly name: string;
  readonly link: string;
  readonly expiresMilliseconds: number;
}

/** What tests and other programs may replace. */
export interface CollectorDeps {
  readonly log: Logger;
  readonly store?: FlowStore;
}

const PLAIN_HTTP =
  'passwords and keys cross the network unencrypted: give --tls-cert and --tls-key, or listen on loopback behind a proxy that has TLS';
/** Of the 2 s that `stop` may take. */
const STOP_GRACE_MS = 1500;
/** Of one insert, while more comes than the store takes one by one: at the most some 600 MB in memory. */
const RECORDS_TOGETHER = 1_000_000;
/** Questions use all cores; more of them at once make each one slower, and need memory. */
const GATE = { running: 4, waiting: 100, waitMs: 60_000 };
const EXPORT_GATE = { running: 2, waiting: 10, waitMs: 30_000 };
const QUESTION_SECONDS = 30;
const EXPORT_SECONDS = 3600;
/** An analysis takes so many records, in at most so long a question, beside everything else. */
const BEHAVIOUR = { mostRecords: 1_000_000, limitSeconds: 60 };

const SPOOL_DROPS: Readonly<Record<SpoolDrop, DropReason>> = {
  spoolFull: 'storeOverflow',
  diskFull: 'diskFull',
  refused: 'spoolRefused',
  unfinished: 'spoolUnfinished',
};

/** Receives flow records, stores them, answers questions about them, and decides by rules. */
export class Collector {
  readonly #config: CollectorConfig;
  readonly #log: Logger;
  readonly #httpEndpoint: Endpoint;
  readonly #drops: DropCounters = {};
  readonly #intake: FlowIntake;
  readonly #enrichment: Enrichment;
  readonly #store: FlowStore;
  readonly #spool: Spool;
  readonly #behaviour: BehaviourWatch;
  readonly #decisions: Decisions;
  readonly #live: LiveFeed;
  readonly #access: Access;
  readonly #tls: TlsFiles | undefined;
  readonly #outputs: Outputs;
  readonly #health: Health;
  readonly #context: ApiContext;
  #server: ApiServer | undefined;
  #wayIn: WayIn | undefined;

  /** Opens nothing. @throws CollectorError WEIR_COLLECTOR_ADDRESS, WEIR_COLLECTOR_CLICKHOUSE, … when an address cannot be read */
  constructor(config: CollectorConfig, { log, store }: CollectorDeps) {
    checkPrefixes(config);
    this.#config = config;
    this.#log = log;
    this.#httpEndpoint = parseEndpoint(config.http);
    this.#intake = new FlowIntake({
      config,
      log,
      observe: (chunk) => this.#observe(chunk),
      store: (records, write) => this.#spool.add(records, write),
    });
    this.#enrichment = new Enrichment({
      config,
      log,
      apply: async (enrichment) => {
        await this.#intake.setEnrichment(enrichment);
        this.#decisions.setNetworks(enrichment.networks);
      },
    });
    this.#store = store ?? storeOf(config, log);
    this.#spool = this.#newSpool();
    const queries = createQueries({
      store: this.#store,
      gate: new QuestionGate(GATE),
      exportGate: new QuestionGate(EXPORT_GATE),
      limitSeconds: QUESTION_SECONDS,
      exportLimitSeconds: EXPORT_SECONDS,
    });
    this.#behaviour = new BehaviourWatch({
      ...BEHAVIOUR,
      store: this.#store,
      log,
      everyMs: config.behaviourIntervalSeconds * 1000,
      windowMs: config.behaviourWindowSeconds * 1000,
      onAnalysed: () => this.#live.changed('behaviour'),
    });
    this.#decisions = this.#newDecisions(queries);
    this.#live = new LiveFeed();
    this.#tls = tlsFiles(config);
    this.#access = new Access({ ...config, mode: config.access, log });
    this.#outputs = new Outputs(config, {
      templates: this.#intake,
      decisions: this.#decisions.book,
      log,
    });
    this.#decisions.onChange(() => {
      this.#outputs.site.wake();
      this.#live.changed('decisions');
    });
    this.#health = new Health({
      config,
      intake: this.#intake,
      spool: this.#spool,
      store: this.#store,
      decisions: this.#decisions,
      access: this.#access,
      outputs: this.#outputs,
      drops: this.#drops,
    });
    this.#context = {
      queries,
      knownValues: createKnownValues(queries),
      reverseNames: new ReverseNames(),
      behaviour: this.#behaviour,
      decisions: this.#decisions,
      live: this.#live,
      access: this.#access,
      views: new ViewBook(config.dataFolder),
      log,
      health: () => this.#health.state(),
      applications: async () => ({ applications: await this.#intake.applications() }),
      exporters: () => this.#exporters(),
      siteLive: () => this.#outputs.live(),
      hostNames: config.hostNames,
      trustedProxies: config.trustedProxies,
      tls: this.#tls,
      dashboardFolder: config.dashboardFolder,
    };
  }

  #newSpool(): Spool {
    const { dataFolder, spoolBytes, diskReserveBytes, spoolSync } = this.#config;
    return new Spool({
      folder: join(dataFolder, 'spool'),
      take: async ({ files, token }, signal) => {
        const paths = files.map(({ path }) => path);
        await this.#store.insertFiles(paths, token, signal);
        this.#live.changed('flows');
      },
      recordsTogether: RECORDS_TOGETHER,
      mostBytes: spoolBytes,
      // The store stops at the whole reserve: what waits for it may use half of that.
      reserveBytes: diskReserveBytes / 2,
      sync: spoolSync,
      log: this.#log,
      onDrop: (reason, records) => countDrop(this.#drops, SPOOL_DROPS[reason], records),
    });
  }

  /** The log says itself when it cannot be written. */
  #tellAudit(deed: Deed): void {
    const actor = { kind: 'collector', name: '--rules-file', address: '' };
    void this.#access.audit.append(actor, deed).catch(() => undefined);
  }

  #newDecisions(queries: Queries): Decisions {
    return new Decisions({
      ...this.#config,
      log: this.#log,
      told: (deed) => this.#tellAudit(deed),
      store: {
        ask: (statement, signal) => queries.ask(statement, signal),
        askForRule: (statement) => queries.askForRule(statement),
        missingRecords: (window) => queries.missingRecords(window),
        settled: async () => {
          await this.#intake.flush();
          await this.#spool.flushed();
        },
      },
    });
  }

  /** Where the dashboard and the API are, e.g. "http://127.0.0.1:8055"; undefined before `start`. */
  get url(): string | undefined {
    const address = this.#server?.server.address() as AddressInfo | null | undefined;
    if (address === null || address === undefined) return undefined;
    const scheme = this.#tls === undefined ? 'http' : 'https';
    return `${scheme}://${endpointText({ host: address.address, port: address.port })}`;
  }

  /** The same as others reach it, where it listens on all addresses. */
  get reachableUrl(): string | undefined {
    return this.url === undefined ? undefined : reachableUrl(this.url, this.#config.hostNames);
  }

  /** After `start`: how the first administrator comes in, while none has; to be told once, on a terminal. */
  get wayIn(): WayIn | undefined {
    return this.#wayIn;
  }

  /** Whether people have to sign in, known after `start`. */
  get asksForCredentials(): boolean {
    return !this.#access.isOpen;
  }

  /** Reads the rules' file and the certificate of the HTTP address again. @throws CollectorError WEIR_COLLECTOR_TLS */
  reload(): void {
    void this.#decisions.rulesFile?.reload();
    if (this.#tls === undefined || this.#server === undefined) return;
    reloadTls(this.#server, this.#tls);
    this.#log('info', 'certificate read again', { file: this.#tls.cert });
  }

  /** Where flow records are taken, with the ports that the kernel gave; empty before `start`. */
  get listening(): readonly Endpoint[] {
    return this.#intake.endpoints;
  }

  /** Builds everything that can be built, and reads the files that are named; touches neither data nor network. */
  async check(): Promise<void> {
    await enrichmentConfig(this.#config);
    await this.#decisions.rulesFile?.check();
    const server = await createServer(this.#context);
    await server.close();
  }

  /** Opens store, sockets and HTTP, in this order. @throws CollectorError with nothing left open */
  async start(): Promise<void> {
    this.#health.started();
    await this.#store.open();
    try {
      await this.#spool.open();
      // Before lists are taken up: none may act on a network of one's own as a whole.
      await this.#enrichment.start();
      await this.#decisions.start();
      await this.#access.start();
      await this.#context.views.start();
      await followUsers(this.#context.views, { ...this.#access, log: this.#log });
      await this.#outputs.start();
      this.#server = await createServer(this.#context);
      // Who gets an answer may rely on records being received.
      await this.#intake.start();
      await this.#listen(this.#server);
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#behaviour.start();
    this.#live.start();
    const listen = this.listening.map(endpointText);
    this.#log('info', 'collecting', { listen, http: this.url, data: this.#config.dataFolder });
  }

  /** Takes what is still in the sockets, stores it, then closes everything. */
  async stop(): Promise<void> {
    await this.#intake.stop();
    this.#enrichment.stop();
    await this.#behaviour.stop();
    this.#live.stop();
    await this.#decisions.stop();
    await this.#outputs.stop();
    await this.#server?.close();
    this.#server = undefined;
    this.#access.stop();
    await this.#spool.stop(STOP_GRACE_MS);
    await this.#store.close();
    const { takenRecords, pendingRecords } = this.#spool.state;
    const records = { storedRecords: takenRecords, pendingRecords };
    this.#log('info', 'stopped', { ...records, drops: this.#drops });
  }

  /** Everyone who wants to know of new records sees them, soon after they came. */
  #observe(chunk: FlowChunk): void {
    this.#live.observe(chunk);
    this.#decisions.observe(chunk);
    this.#outputs.observe(chunk);
  }

  async #listen(server: ApiServer): Promise<void> {
    const { host, port } = this.#httpEndpoint;
    try {
      await server.listen({ host, port });
    } catch (error) {
      throw httpError(this.#config.http, error);
    }
    await this.#findWayIn(server);
  }

  async #findWayIn(server: ApiServer): Promise<void> {
    const addresses = server
      .addresses()
      .map((bound) => (typeof bound === 'string' ? bound : bound.address));
    if (this.#tls === undefined && !addresses.every(isLoopback)) this.#log('warn', PLAIN_HTTP, {});
    const found = await this.#access.listensOn(addresses);
    const url = this.reachableUrl;
    if (found === undefined || url === undefined) return;
    const { user, invitation, expiresMilliseconds } = found;
    // Behind the #: browsers send it to no server, and no log has it.
    const link = `${url}/#invitation=${invitation}`;
    this.#wayIn = { name: user.name, link, expiresMilliseconds };
  }

  async #exporters(): Promise<ExportersResponse> {
    return { exporters: await this.#intake.exporters() };
  }
}

function storeOf(config: CollectorConfig, log: Logger): FlowStore {
  const { clickhouse } = config;
  return clickhouse === undefined
    ? new ChdbStore({ ...config, log })
    : new ClickhouseStore({ ...config, url: clickhouse, log });
}

function httpError(address: string, error: unknown): CollectorError {
  const advice: Record<string, string> = {
    EADDRINUSE: `${address} is taken; stop what listens there or choose another with --http`,
    EACCES: `no right to bind ${address}; choose a port from 1024 upwards with --http`,
    EADDRNOTAVAIL: `${address} is no address of this machine; choose another with --http`,
  };
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const detail = advice[code] ?? `${address}: ${messageOf(error)}`;
  return new CollectorError('WEIR_COLLECTOR_HTTP', detail, error);
}
