// SPDX-License-Identifier: Apache-2.0
// What `--engine` names, and what to say when an engine of the order does not do its work.
import type { EngineChoice, EngineOptions, EngineState, Engines } from '@weir/native';
import type { ProbeConfig } from './config.js';
import { ENGINE_WORDS, NCORE_DEVICE } from './engine-words.js';
import { ProbeError } from './errors.js';

/** Of a probe that was not built. */
export const NO_ENGINES: Engines = {
  order: [],
  failures: {},
  refedStreams: 0,
  lostStreams: 0,
  redoneRequests: 0,
  cutRequests: 0,
  unmatchedRequests: 0,
  journalBytes: 0,
};

const LAST_DEVICE = 0xff_ff_ff_fe;

function parseEngine(word: string): EngineChoice | undefined {
  const engine = ENGINE_WORDS.find((name) => name === word);
  if (engine !== undefined) return { engine, device: null };
  const device = Number(NCORE_DEVICE.exec(word)?.groups?.device);
  return device <= LAST_DEVICE ? { engine: 'ncore', device } : undefined;
}

/** @throws ProbeError WEIR_PROBE_BAD_ENGINE */
export function parseEngineOrder(words: readonly string[]): EngineChoice[] {
  const order = words.flatMap((word) => parseEngine(word) ?? []);
  if (order.length === 0 || order.length !== words.length || new Set(words).size !== words.length) {
    throw new ProbeError(
      'WEIR_PROBE_BAD_ENGINE',
      `"${words.join(',')}" is no order of engines. Write some of ${ENGINE_WORDS.join(', ')} and ` +
        'ncore:DEVICE, each once, with commas between them.',
    );
  }
  return order;
}

/** @throws ProbeError WEIR_PROBE_BAD_ENGINE */
export function engineOptions(config: ProbeConfig): EngineOptions {
  return {
    order: parseEngineOrder(config.engine),
    library: config.ncoreLibrary ?? '',
    settings: config.ncoreOptions ?? '',
    gatherMs: config.engineGatherMs,
    deadlineMs: config.engineDeadlineMs,
  };
}

const REASONS: Readonly<Record<string, string>> = {
  unavailable: 'it is not to be had',
  wrongAbi: 'its library speaks another version of the ABI',
  tooSmall: 'it has no room for the signatures or the streams',
  lost: 'its device went away',
  stuck: 'its device completed nothing for too long',
  slow: 'its device completes less than it is given',
  broken: 'its device broke the rules of the ABI',
};

function whyNot({ failure, reason }: EngineState): string {
  return reason || (REASONS[failure] ?? failure);
}

/** Whether to try and open one of them again. */
export function haveFailures({ order }: Engines): boolean {
  return order.some(({ failure }) => failure !== '');
}

/** The engines that lanes use now, by name. */
export function enginesInUse({ order }: Engines): string[] {
  return order.filter(({ matchers }) => matchers > 0).map(({ name }) => name);
}

/** A sentence for each engine that failed; by what it is about. */
export function engineWarnings(engines: Engines): (readonly [subject: string, text: string])[] {
  return engines.order
    .filter(({ failure }) => failure !== '')
    .map((state) => {
      const instead = enginesInUse(engines).filter((name) => name !== state.name);
      const subject = `the engine ${state.name} is out of use`;
      const where = state.matchers > 0 ? ' in some lanes' : '';
      return [
        subject,
        `${subject}${where}, ${instead.join(', ') || 'nothing'} matches instead: ${whyNot(state)}`,
      ];
    });
}

/** What engines could not do, at the end; none when all was well. */
export function engineShortfalls(engines: Engines): string[] {
  const { order, unmatchedRequests, redoneRequests, cutRequests, lostStreams } = engines;
  return [
    ...order
      .filter(({ failure }) => failure !== '')
      .map((state) => `the engine ${state.name} was out of use: ${whyNot(state)}`),
    ...(unmatchedRequests === 0
      ? []
      : [`no engine was left for ${unmatchedRequests} requests: name more with --engine`]),
    ...(redoneRequests === 0
      ? []
      : [`the device cut ${redoneRequests} requests short, and hyperscan matched them again`]),
    ...(cutRequests === 0
      ? []
      : [`the device cut ${cutRequests} requests short, and they could not be matched again`]),
    ...(lostStreams === 0
      ? []
      : [`${lostStreams} streams were too many to be given to the next engine from their start`]),
  ];
}
