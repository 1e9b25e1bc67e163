// SPDX-License-Identifier: Apache-2.0
// Collector, gateway and probe in a laboratory, and an operator who is signed in.
import path from 'node:path';
import { API, type Decision, type DecisionInput, type Rule, type RuleInput } from '@weir/wire';
import { RunningWeir } from '../weir.js';
import { eventually } from './eventually.js';
import { Lab, type LabResponse } from './lab.js';
import { MovedClock } from './moved-clock.js';
import { makeGatewayKey, makeUser, signIn } from './session.js';
import { ADDRESSES, LAN, MIRROR, type Node } from './topology.js';

const HTTP = `${ADDRESSES.probe[4]}:8055`;
const COLLECTOR = `http://${HTTP}`;

export interface ControlLoopOptions {
  /** More options of the collector and of the gateway. */
  readonly collector?: readonly string[];
  readonly gateway?: readonly string[];
}

/** A loop whose collector has a clock that can be moved. */
export interface ClockedLoop {
  readonly loop: ControlLoop;
  readonly clock: MovedClock;
}

type Part = 'collector' | 'gateway' | 'probe';

/** The whole loop: what the probe sees, the collector decides and the gateway does. */
export class ControlLoop implements AsyncDisposable {
  readonly lab: Lab;
  readonly #options: ControlLoopOptions;
  readonly #running = new Map<Part, RunningWeir>();
  #clock: MovedClock | undefined;
  #data = '';
  #key = '';
  #headers: Record<string, string> = {};

  private constructor(lab: Lab, options: ControlLoopOptions) {
    this.lab = lab;
    this.#options = options;
  }

  /** Resolves when the gateway follows the collector and the probe exports. */
  static async start(options: ControlLoopOptions = {}): Promise<ControlLoop> {
    const loop = new ControlLoop(await Lab.create(), options);
    await loop.#beginOrEnd();
    return loop;
  }

  /** Likewise. */
  static async startClocked(options: ControlLoopOptions = {}): Promise<ClockedLoop> {
    const loop = new ControlLoop(await Lab.create(), options);
    const clock = await MovedClock.create(loop.lab);
    loop.#clock = clock;
    await loop.#beginOrEnd();
    return { loop, clock };
  }

  async #beginOrEnd(): Promise<void> {
    try {
      await this.#begin();
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #begin(): Promise<void> {
    this.#data = await this.lab.makeFolder('collector');
    makeUser(this.#data, 'operator', 'operator');
    this.#key = makeGatewayKey(this.#data);
    await this.startPart('collector');
    await this.startPart('gateway');
    await this.startPart('probe');
    await this.signIn();
    await eventually('the probe exports what it sees', async () => {
      await this.lab.exec('client', ['ping', '-c1', '-W1', ADDRESSES.server[4]]);
      const { body } = await this.ask('GET', API.exporters);
      return JSON.parse(body).exporters.length > 0;
    });
  }

  async signIn(): Promise<void> {
    const who = { collector: COLLECTOR, name: 'operator' };
    this.#headers = await signIn(this.lab, 'probe', who);
  }

  async startPart(part: Part): Promise<void> {
    const [node, args, ready] = this.#words(part);
    const clock = part === 'collector' ? (this.#clock?.before ?? []) : [];
    const weir = RunningWeir.start(args, [
      ...['ip', 'netns', 'exec', this.lab.namespaceOf(node)],
      ...clock,
    ]);
    this.#running.set(part, weir);
    await weir.printed(ready);
  }

  async stopPart(part: Part, signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    await this.#running.get(part)?.stop(signal);
    this.#running.delete(part);
  }

  #words(part: Part): [Node, string[], RegExp] {
    if (part === 'collector') {
      const listen = ['--listen', '127.0.0.1:2055', '--http', HTTP, '--data', this.#data];
      const more = this.#options.collector ?? [];
      return ['probe', ['collector', ...listen, ...more], /collecting on/];
    }
    if (part === 'probe') {
      const capture = ['--interface', MIRROR, '--export', 'netflow9://127.0.0.1:2055'];
      const early = ['--export-on-classify', '--active-timeout', '2'];
      return ['probe', ['probe', ...capture, ...early], /capturing on/];
    }
    const state = ['--state-file', path.join(this.#data, 'gateway.json')];
    const interfaces = ['--inside', LAN, '--outside', 'wan'];
    const from = ['--collector', COLLECTOR, '--api-key', this.#key];
    const more = this.#options.gateway ?? [];
    return [
      'gateway',
      ['gateway', ...from, ...interfaces, ...state, ...more],
      /applying decisions/,
    ];
  }

  ask(method: string, route: string, body?: unknown): Promise<LabResponse> {
    const request = { method, headers: this.#headers, ...(body !== undefined && { body }) };
    return this.lab.fetch('probe', `${COLLECTOR}${route}`, request);
  }

  /** @throws Error where the collector refuses it */
  async makeRule(rule: RuleInput): Promise<Rule> {
    return this.#made(await this.ask('POST', `${API.rules}?confirm=true`, rule));
  }

  /** @throws Error where the collector refuses it */
  async decide(decision: DecisionInput): Promise<Decision> {
    return this.#made(await this.ask('POST', `${API.decisions}?confirm=true`, decision));
  }

  async remove(route: string, { id }: { readonly id: string }): Promise<void> {
    await this.ask('DELETE', `${route}/${id}`);
  }

  /** What the gateway's kernel holds. */
  ruleset(): Promise<string> {
    return this.lab.exec('gateway', ['nft', 'list', 'ruleset']);
  }

  /** What one needs to see why something failed. */
  async report(): Promise<string> {
    const answers = [API.decisions, API.rules, API.gateways].map(async (route) => {
      return this.ask('GET', route).then(({ body }) => body, String);
    });
    const outputs = [...this.#running.values()].map(({ output }) => output);
    return [...(await Promise.all(answers)), await this.ruleset(), ...outputs].join('\n\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const part of ['probe', 'gateway', 'collector'] as const) await this.stopPart(part);
    await this.lab.dispose();
  }

  #made<Made>({ status, body }: LabResponse): Made {
    if (status !== 201) throw new Error(`${status}: ${body}`);
    return JSON.parse(body) as Made;
  }
}
