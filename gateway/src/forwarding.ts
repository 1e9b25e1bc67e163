// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import type { Logger } from '@weir/wire';
import { GatewayError } from './errors.js';

const SWITCHES = ['ipv4/ip_forward', 'ipv6/conf/all/forwarding'];

/** A gateway that forwards nothing has nothing to block: somebody has probably forgotten a switch. */
export function warnWhereNothingIsForwarded(log: Logger): void {
  if (SWITCHES.some((name) => readSwitch(name) !== '0')) return;
  const happened = 'This machine forwards no packets, so there is nothing to block.';
  const error = new GatewayError('WEIR_GATEWAY_NOT_FORWARDING', happened);
  log('warn', error.message, { code: error.code });
}

function readSwitch(name: string): string {
  try {
    return readFileSync(`/proc/sys/net/${name}`, 'utf8').trim();
  } catch {
    // Without IPv6 in the kernel its switch is absent: that says nothing.
    return '0';
  }
}
