// SPDX-License-Identifier: Apache-2.0
// What deciding costs a flow, by how many rules there are.
import { type ChunkRow, Decider, DecisionBook, Protections, rowChunk } from '@weir/collector/bench';
import { flowTest, parseFilter, type Rule } from '@weir/wire';

const ROWS = 4096;
const HOSTS = 20_000;
const APPLICATIONS = 300;
/** Long enough that a clock's resolution is nothing. */
const LEAST_MS = 400;
const CHUNKS = 8;

/** Numbers in [0, 1); the same in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const inside = (n: number) => `10.${(n >> 14) & 63}.${(n >> 6) & 255}.${n & 63}`;
const outside = (n: number) => `198.${18 + (n & 1)}.${(n >> 8) & 255}.${n & 255}`;

function trafficRow(random: () => number): ChunkRow {
  const below = (limit: number) => Math.floor(random() * limit);
  // A few applications and hosts have most of the flows.
  const application = Math.floor(APPLICATIONS * random() ** 3);
  return {
    protocolIdentifier: random() < 0.7 ? 6 : 17,
    sourceAddress: inside(Math.floor(HOSTS * random() ** 2)),
    destinationAddress: outside(below(65_536)),
    sourceTransportPort: 1024 + below(60_000),
    destinationTransportPort: [443, 80, 53, 22, below(65_536)][below(5)] ?? 443,
    applicationName: `application ${application}`,
    applicationCategory: `category ${application % 20}`,
    serverName: `host${below(5000)}.example`,
    scope: 'egress',
    octets: below(100_000),
    packets: 1 + below(100),
    receivedMilliseconds: 1_700_000_000_000,
  };
}

/** Every kind of rule that a large site has, none of which holds for many flows. */
const FILTERS: readonly ((n: number) => string)[] = [
  (n) => `ip = ${outside(n * 7)}`,
  (n) => `ip in ${inside(n * 64)}/26 and app = "application ${n % APPLICATIONS}"`,
  (n) => `server = host${n}.test`,
  (n) => `app = "unseen ${n}"`,
  (n) => `app = "application ${n % APPLICATIONS}" and port = ${1024 + n} and bytes > 1M`,
  (n) => `src = ${inside(n)} and dst in ${outside(n)}/24 and not port = 443`,
];

function ruleOf(n: number): Rule {
  const filter = FILTERS[n % FILTERS.length]?.(n) ?? 'app = x';
  return {
    ...{ id: `rule ${n}`, name: `rule ${n}`, filter, action: { kind: 'block', answer: 'drop' } },
    ...{ scope: 'flow', holdSeconds: 600, owner: '', origin: 'api', revision: 1 },
    ...{ createdMilliseconds: 0, changedMilliseconds: 0 },
  };
}

export interface MatchingCost {
  readonly rules: number;
  /** Nanoseconds of processor time a flow. */
  readonly indexedNs: number;
  /** One rule after the other, over objects; undefined where that takes too long. */
  readonly plainNs: number | undefined;
  readonly decisions: number;
}

export function measureMatching(rules: number): MatchingCost {
  const random = seeded(1);
  const rows = Array.from({ length: CHUNKS }, () =>
    Array.from({ length: ROWS }, () => trafficRow(random)),
  );
  const book = new DecisionBook({ firstRevision: 1 });
  const decider = new Decider({ book, protections: new Protections() });
  for (let n = 0; n < rules; n++) decider.setRule(ruleOf(n), 0);
  const chunks = rows.map((some) => rowChunk(some));
  for (const chunk of chunks) decider.observe(chunk);
  const indexedNs = costOf((i) => decider.observe(chunks[i % CHUNKS] as (typeof chunks)[number]));
  const tests = Array.from({ length: rules }, (_, n) => flowTest(parseFilter(ruleOf(n).filter)));
  const some = rows[0]?.slice(0, 256) ?? [];
  const plain = () => {
    for (const row of some) for (const test of tests) test(row as Record<string, string | number>);
  };
  const plainNs = rules > 1000 ? undefined : (costOf(plain) * ROWS) / some.length;
  return { rules, indexedNs, plainNs, decisions: book.decisionCount };
}

/** Nanoseconds of processor time for each of ROWS rows of a turn. */
function costOf(turn: (i: number) => void): number {
  const started = process.cpuUsage();
  const spentMs = () => {
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  };
  let turns = 0;
  while (spentMs() < LEAST_MS) turn(turns++);
  return (spentMs() * 1e6) / (turns * ROWS);
}
