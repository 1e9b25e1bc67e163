// SPDX-License-Identifier: Apache-2.0
// What an address says about who asks.
import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4 } from 'node:net';

/** Without the form in which IPv6 sockets show IPv4 addresses. */
function plain(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address;
}

/** Whether only this machine reaches the address, or is behind it. */
export function isLoopback(address: string): boolean {
  const one = plain(address);
  return one === '::1' || (isIPv4(one) && one.startsWith('127.'));
}

/** What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 address. */
export function networkOf(address: string): string {
  const one = plain(address);
  if (!one.includes(':')) return one;
  const [head = '', tail] = one.replace(/%.*$/, '').split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const behind = tail === '' ? [] : tail.split(':');
    while (groups.length + behind.length < 8) groups.push('0');
  }
  const first = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${first.join(':')}::/64`;
}

const PROXY_HEADER =
  /^(?:forwarded|x-forwarded(?:-.*)?|x-real-ip|x-client-ip|x-original-.*|via|(?:cf|true)-(?:connecting|client)-ip)$/;

/** Whether a proxy passed the request on: then it is not from this machine, whatever the socket says. */
export function isForwarded(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some((name) => PROXY_HEADER.test(name));
}
