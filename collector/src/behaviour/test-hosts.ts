// SPDX-License-Identifier: Apache-2.0
// For tests: hosts of each kind, as their exporters would tell of them.
import { FLOW_COLUMNS, type Flow } from '@weir/wire';

export const NOON = Date.UTC(2026, 0, 15, 12);
export const WINDOW = { from: NOON - 600_000, to: NOON };
const TCP = 6;
const UDP = 17;

const EMPTY = Object.fromEntries(
  FLOW_COLUMNS.map(({ name, kind }) => [
    name,
    kind === 'address' ? '::' : kind === 'name' ? '' : 0,
  ]),
) as unknown as Flow;

interface End {
  readonly address: string;
  readonly port: number;
}

export interface Talk {
  readonly client: End;
  readonly server: End;
  readonly protocol?: number;
  readonly octets?: number;
  /** False: only the client's packets. */
  readonly answered?: boolean;
  /** Milliseconds after the start of the window. */
  readonly at?: number;
}

function record(from: End, to: End, rest: Partial<Flow>): Flow {
  return {
    ...EMPTY,
    counted: 1,
    packets: 3,
    sourceAddress: from.address,
    sourceTransportPort: from.port,
    destinationAddress: to.address,
    destinationTransportPort: to.port,
    ...rest,
  };
}

/** The records of a conversation, one for each direction. */
export function recordsOf(talk: Talk): Flow[] {
  const { client, server, protocol = TCP, octets = 1000, answered = true, at = 1000 } = talk;
  const time = (start: number) => ({
    flowStartMilliseconds: WINDOW.from + start,
    flowEndMilliseconds: WINDOW.from + start + 500,
    receivedMilliseconds: WINDOW.from + start + 1000,
    protocolIdentifier: protocol,
    octets,
  });
  const there = record(client, server, time(at));
  return answered ? [there, record(server, client, time(at + 20))] : [there];
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const at = (address: string, port: number): End => ({ address, port });
const other = (index: number) => `198.51.${Math.floor(index / 250)}.${(index % 250) + 1}`;
/** Ports that programs take, all different and none a known one. */
const freePort = (index: number) => 40_000 + ((index * 137) % 20_000);

/** A peer: calls others at ports of their own, also by UDP, and is called. */
export function peer(address: string, others = 20): Talk[] {
  return numbers(others).flatMap((index) => {
    const theirs = at(other(index), freePort(index));
    const calls = index % 4 !== 0;
    const mine = at(address, 51_413);
    const tcp = calls
      ? { client: at(address, 33_000 + index), server: theirs, octets: 5000 + index * 77 }
      : { client: at(other(index), 60_000 + index), server: mine, octets: 5000 + index * 77 };
    const udp = { client: mine, server: theirs, protocol: UDP, octets: 300 + index };
    return [tcp, udp];
  });
}

/** A service that many call, each from a port of its own. */
export function service(
  address: string,
  port: number,
  { clients = 30, protocol = TCP } = {},
): Talk[] {
  return numbers(clients).map((index) => ({
    client: at(other(index), freePort(index)),
    server: at(address, port),
    protocol,
    octets: 900 + index * 31,
  }));
}

/** Looks at pages: few ports, several connections each, by TCP and QUIC. */
export function browser(address: string): Talk[] {
  return numbers(40).flatMap((index) => [
    {
      client: at(address, 41_000 + index),
      server: at(other(index % 15), 443),
      octets: index * 999,
    },
    {
      client: at(address, 51_000 + index),
      server: at(other(index % 15), 443),
      protocol: UDP,
      octets: index * 555,
    },
    { client: at(address, 34_000 + index), server: at('198.51.100.53', 53), protocol: UDP },
  ]);
}

/** Takes mail and hands it on. */
export function mailServer(address: string): Talk[] {
  return [
    ...service(address, 25),
    ...numbers(25).map((index) => ({
      client: at(address, 45_000 + index),
      server: at(other(100 + index), 25),
    })),
  ];
}

/** Asks other name servers and answers clients, by UDP and TCP. */
export function nameServer(address: string): Talk[] {
  return [UDP, TCP].flatMap((protocol) => [
    ...service(address, 53, { protocol }),
    ...numbers(20).map((index) => ({
      client: at(address, 20_000 + index * 11),
      server: at(other(150 + index), 53),
      protocol,
    })),
  ]);
}

/** Tries one port on many addresses. */
export function scanner(address: string): Talk[] {
  return numbers(200).map((index) => ({
    client: at(address, 50_000),
    server: at(other(index), 23_456),
    octets: 40,
    answered: index % 50 === 0,
  }));
}

/** A game that sends the same datagram to everybody in its list of servers. */
export function gameClient(address: string): Talk[] {
  return numbers(30).map((index) => ({
    client: at(address, 29_000),
    server: at(other(index), freePort(index)),
    protocol: UDP,
    octets: 64,
  }));
}

/** Hosts that all call each other at one port: a ring with cords. */
export function swarm(hosts: readonly string[], port: number): Talk[] {
  return hosts.map((address, index) => ({
    client: at(address, 33_000 + index),
    server: at(hosts[(index + 1) % hosts.length] as string, port),
  }));
}
