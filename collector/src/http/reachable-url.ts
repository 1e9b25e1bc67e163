// SPDX-License-Identifier: Apache-2.0
import { hostname, networkInterfaces } from 'node:os';

/** An address that stands for all addresses is no link: a name of this machine, or its first address, is. */
export function reachableUrl(url: string, hostNames: readonly string[]): string {
  const all = /\/\/(?:0\.0\.0\.0|\[::\])(?=:)/;
  if (!all.test(url)) return url;
  const [name] = hostNames;
  const outward = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  return url.replace(all, `//${name ?? outward?.address ?? hostname()}`);
}
