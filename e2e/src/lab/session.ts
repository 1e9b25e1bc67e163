// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { API, CSRF_HEADER, type Role, type SessionResponse } from '@weir/wire';
import { WEIR } from '../weir.js';
import type { Lab } from './lab.js';
import type { Node } from './topology.js';

const PASSWORD = 'a password for the lab';

/** Runs `weir ARGUMENTS` on a data folder of this machine; gives its standard output. */
function weirOn(dataFolder: string, args: readonly string[]): string {
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    [WEIR, ...args, '--data', dataFolder],
    { encoding: 'utf8', input: `${PASSWORD}\n` },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

/** A new user of the collector on this data folder. */
export function makeUser(dataFolder: string, name: string, role: Role): void {
  weirOn(dataFolder, ['user', 'add', name, role]);
  weirOn(dataFolder, ['user', 'password', name]);
}

/** A new key for gateways. */
export function makeGatewayKey(dataFolder: string): string {
  return weirOn(dataFolder, ['key', 'add', 'gateway', '--scope', 'gateway']);
}

/** Signs in from a node; gives the headers that its requests need. */
export async function signIn(
  lab: Lab,
  node: Node,
  { collector, name }: { readonly collector: string; readonly name: string },
): Promise<Record<string, string>> {
  const json = ['--header', 'content-type: application/json', '--data-binary', '@-'];
  const input = JSON.stringify({ name, password: PASSWORD });
  const answer = await lab.exec(node, ['curl', '-sSi', ...json, `${collector}${API.session}`], {
    input,
  });
  const cookie = /^set-cookie: ([^;]+)/im.exec(answer)?.[1] ?? '';
  const body = answer.slice(answer.indexOf('\r\n\r\n'));
  const { csrfToken = '' } = JSON.parse(body) as SessionResponse;
  return { cookie, [CSRF_HEADER]: csrfToken };
}
