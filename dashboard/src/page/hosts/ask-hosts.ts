// SPDX-License-Identifier: Apache-2.0
// What the pages about hosts ask the collector.
import type { Dimension, Flow, Sums, TopResponse } from '@weir/wire';
import { askSeries } from '../../api/ask-series';
import { ask } from '../../api/client';
import { alignedTo, type RateSeries, type Rates, toRates } from '../../chart/rates';
import { stepSecondsOf, type Window } from '../../view/time-range';
import { type BothWays, bothWays } from './both-ways';

export interface Asked {
  readonly filter: string;
  readonly window: Window;
  readonly signal: AbortSignal;
}

/** A filter and a condition more. */
export const joined = (filter: string, condition: string): string =>
  filter === '' || condition === '' ? filter + condition : `(${filter}) and ${condition}`;

/** Whose hosts are listed. */
export const SIDES = { all: 'All', inside: 'Inside', outside: 'Outside' } as const;
export type Side = keyof typeof SIDES;

/** Seen from the operator's networks: scopes of flows to a host of a side, and of flows from it. */
const SCOPES: Readonly<Record<Side, { readonly in: string; readonly out: string }>> = {
  all: { in: '', out: '' },
  inside: { in: 'scope in (internal, ingress)', out: 'scope in (internal, egress)' },
  outside: { in: 'scope in (egress, transit)', out: 'scope in (ingress, transit)' },
};

const CANDIDATES = 200;
export const MOST_HOSTS = 100;

export interface HostRanking {
  readonly window: Window;
  readonly rows: readonly BothWays[];
  readonly total: Sums;
  readonly missing: TopResponse['missing'];
  /** There are more than are listed. */
  readonly isCut: boolean;
}

/** The busiest hosts with what they received and sent. */
export async function askHosts(asked: Asked, side: Side): Promise<HostRanking> {
  const { filter, window, signal } = asked;
  const top = (dimension: Dimension, condition: string) =>
    ask(
      '/api/v1/top',
      { by: [dimension], limit: CANDIDATES, filter: joined(filter, condition), ...window },
      signal,
    );
  const [inwards, outwards] = await Promise.all([
    top('destinationAddress', SCOPES[side].in),
    top('sourceAddress', SCOPES[side].out),
  ]);
  const all = bothWays(inwards.rows, outwards.rows);
  const rows = all.slice(0, MOST_HOSTS);
  const lacking = (side: 'in' | 'out') =>
    rows.filter((row) => row[side].flows === 0).map(({ key }) => key);
  // Who is far down one list may be beyond the end of the other.
  const [moreIn, moreOut] = await Promise.all([
    fillIn(lacking('in'), inwards, (list) => top('destinationAddress', `dst in (${list})`)),
    fillIn(lacking('out'), outwards, (list) => top('sourceAddress', `src in (${list})`)),
  ]);
  return {
    window,
    rows: bothWays([...onlyOf(rows, 'in'), ...moreIn], [...onlyOf(rows, 'out'), ...moreOut]),
    total: inwards.total,
    missing: inwards.missing,
    isCut: all.length > rows.length,
  };
}

function onlyOf(rows: readonly BothWays[], side: 'in' | 'out') {
  return rows.filter((row) => row[side].flows > 0).map((row) => ({ keys: row.keys, ...row[side] }));
}

async function fillIn(
  hosts: readonly string[],
  asked: TopResponse,
  top: (list: string) => Promise<TopResponse>,
): Promise<TopResponse['rows']> {
  if (hosts.length === 0 || asked.other.flows === 0) return [];
  return (await top(hosts.join(', '))).rows;
}

/** What the other end of a host's flows can be grouped by: as source, and as destination. */
export const OTHER_ENDS = {
  hosts: { title: 'Hosts', menu: 'host', from: ['sourceAddress'], to: ['destinationAddress'] },
  networks: {
    title: 'Networks',
    menu: 'network',
    from: ['sourceNetwork'],
    to: ['destinationNetwork'],
  },
  systems: {
    title: 'AS',
    menu: 'asNumber',
    from: ['bgpSourceAsNumber', 'sourceAsName'],
    to: ['bgpDestinationAsNumber', 'destinationAsName'],
  },
  countries: {
    title: 'Countries',
    menu: 'country',
    from: ['sourceCountry'],
    to: ['destinationCountry'],
  },
  names: { title: 'Servers', menu: 'serverName', from: ['serverName'], to: ['serverName'] },
} as const satisfies Record<
  string,
  { title: string; menu: Dimension; from: Dimension[]; to: Dimension[] }
>;
export type OtherEnd = keyof typeof OTHER_ENDS;

export interface OtherEnds {
  readonly rows: readonly BothWays[];
  /** Of all, also those that are not among the rows. */
  readonly total: number;
  readonly missing: TopResponse['missing'];
}

/** Whom a host speaks with. */
export async function askOtherEnds(asked: Asked, host: string, end: OtherEnd): Promise<OtherEnds> {
  const { filter, window, signal } = asked;
  const top = (by: readonly Dimension[], condition: string) =>
    ask(
      '/api/v1/top',
      { by: [...by], limit: CANDIDATES, filter: joined(filter, condition), ...window },
      signal,
    );
  const [inwards, outwards] = await Promise.all([
    top(OTHER_ENDS[end].from, `dst = ${host}`),
    top(OTHER_ENDS[end].to, `src = ${host}`),
  ]);
  return {
    rows: bothWays(inwards.rows, outwards.rows),
    total: inwards.total.octets + outwards.total.octets,
    missing: inwards.missing,
  };
}

const APPLICATIONS = 8;

export interface HostTraffic {
  /** What came in, by application. */
  readonly rates: Rates;
  /** What went out, on the same times. */
  readonly out: readonly RateSeries[];
  readonly window: Window;
  readonly missing: TopResponse['missing'];
}

/** What a host received and sent over time, by application. */
export async function askTraffic(asked: Asked, host: string): Promise<HostTraffic> {
  const { filter, window, signal } = asked;
  const series = (condition: string) =>
    askSeries(
      {
        by: ['applicationName'],
        limit: APPLICATIONS,
        stepSeconds: stepSecondsOf(window),
        filter: joined(filter, condition),
        ...window,
      },
      signal,
    );
  const [inwards, outwards] = await Promise.all([series(`dst = ${host}`), series(`src = ${host}`)]);
  const [first, second] = [toRates(inwards, window.to), toRates(outwards, window.to)];
  // Who only sends still has times.
  const rates =
    first.times.length >= second.times.length ? first : { ...first, times: second.times };
  return { rates, out: alignedTo(rates, second), window, missing: inwards.missing };
}

/** Higher ports are those that programs take for themselves: what is served there is not told apart. */
export const SERVICE_PORTS_BELOW = 32_768;
const MOST_PORTS = 50;

/** Ports that a host serves (with what it sent from them), and those of others that it uses (with what came). */
export async function askPorts({ filter, window, signal }: Asked, host: string) {
  const top = (port: Dimension, condition: string) =>
    ask(
      '/api/v1/top',
      {
        by: ['protocolIdentifier', port],
        limit: MOST_PORTS,
        filter: joined(filter, condition),
        ...window,
      },
      signal,
    );
  const range = `srcport in (1-${SERVICE_PORTS_BELOW - 1})`;
  const [served, used] = await Promise.all([
    top('sourceTransportPort', `src = ${host} and ${range}`),
    top('sourceTransportPort', `dst = ${host} and ${range}`),
  ]);
  return { served, used };
}

/** The latest record of a host says what it belongs to. */
export async function askLatest({ filter, window, signal }: Asked, host: string) {
  const query = { filter: joined(filter, `ip = ${host}`), limit: 1, ...window };
  const { flows } = await ask('/api/v1/flows', query, signal);
  return flows[0] as Flow | undefined;
}
