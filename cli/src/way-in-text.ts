// SPDX-License-Identifier: Apache-2.0
import type { Collector, CollectorConfig } from '@weir/collector';

/** How the first administrator of the data folder comes in; empty where somebody has come already. */
export function wayInText(
  { wayIn, asksForCredentials }: Pick<Collector, 'wayIn' | 'asksForCredentials'>,
  { dataFolder }: Pick<CollectorConfig, 'dataFolder'>,
): string {
  if (wayIn === undefined) return '';
  const { name, link, expiresMilliseconds } = wayIn;
  const hours = Math.round((expiresMilliseconds - Date.now()) / 3_600_000);
  const why = asksForCredentials
    ? 'Everybody has to sign in.'
    : 'On this machine nobody has to sign in; from elsewhere everybody will.';
  return `
  ${why} Choose a password for "${name}", once, within ${hours} h:

    ${link}

  Or here: weir user password ${name} --data ${dataFolder}

`;
}
