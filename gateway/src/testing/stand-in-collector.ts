// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Decision, DecisionsResponse, GatewayState } from '@weir/wire';

interface Waiting {
  readonly since: number;
  readonly response: ServerResponse;
}

/** Serves decisions by long poll as a collector does, and misbehaves on demand. */
export class StandInCollector {
  readonly #decisions = new Map<string, Decision>();
  readonly #removed = new Map<string, number>();
  readonly #waiting = new Set<Waiting>();
  #server: Server | undefined;
  #port = 0;
  revision = 1;
  questions = 0;
  /** Answers this body instead, once. */
  nextBody: string | undefined;
  /** With this status. */
  nextStatus = 200;
  /** What gateways have reported, by name. */
  readonly reports = new Map<string, GatewayState>();
  /** Added to the header Date. */
  clockOffsetMs = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', this.url);
      if (request.method === 'PUT') {
        this.#takeReport(url, request, response);
        return;
      }
      this.questions += 1;
      this.#answer(url, response);
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Ends as a killed process does. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#waiting.clear();
    const closed = new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
    server?.closeAllConnections();
    await closed;
  }

  /** A restart in which everything is forgotten. */
  forget(): void {
    this.#decisions.clear();
    this.#removed.clear();
    this.revision = 1;
  }

  put(...decisions: Decision[]): void {
    this.putAll(decisions);
  }

  /** Of any number: arguments are not. */
  putAll(decisions: readonly Decision[]): void {
    this.revision += 1;
    for (const decision of decisions)
      this.#decisions.set(decision.id, { ...decision, revision: this.revision });
    this.#tell();
  }

  remove(id: string): void {
    this.revision += 1;
    this.#decisions.delete(id);
    this.#removed.set(id, this.revision);
    this.#tell();
  }

  #takeReport(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const name = decodeURIComponent(url.pathname.split('/').at(-2) ?? '');
    json(request).then(
      (state) => {
        this.reports.set(name, state as GatewayState);
        response.writeHead(204).end();
      },
      () => response.destroy(),
    );
  }

  #answer(url: URL, response: ServerResponse): void {
    const since = Number(url.searchParams.get('since'));
    if (this.nextBody !== undefined) {
      response.statusCode = this.nextStatus;
      this.#send(response, this.nextBody);
      this.nextBody = undefined;
      this.nextStatus = 200;
    } else if (since === this.revision && url.searchParams.get('waitSeconds') !== '0') {
      const waiting = { since, response };
      this.#waiting.add(waiting);
      response.once('close', () => this.#waiting.delete(waiting));
    } else this.#send(response, JSON.stringify(this.#changesSince(since)));
  }

  #tell(): void {
    for (const { since, response } of this.#waiting)
      this.#send(response, JSON.stringify(this.#changesSince(since)));
    this.#waiting.clear();
  }

  /** The time is that of the answer, however long the question has waited. */
  #send(response: ServerResponse, body: string): void {
    response.setHeader('date', new Date(Date.now() + this.clockOffsetMs).toUTCString());
    response.end(body);
  }

  #changesSince(since: number): DecisionsResponse {
    const complete = since === 0 || since > this.revision;
    const all = [...this.#decisions.values()];
    return {
      revision: this.revision,
      complete,
      decisions: complete ? all : all.filter((decision) => decision.revision > since),
      removed: complete
        ? []
        : [...this.#removed].filter(([, revision]) => revision > since).map(([id]) => id),
    };
  }
}
