// SPDX-License-Identifier: Apache-2.0
// Options -> what they mean.
import { hostname } from 'node:os';
import type { GatewayConfig } from './config.js';
import { GatewayError } from './errors.js';
import { type MarkLayout, markLayoutOf } from './plan/mark-layout.js';
import type { ShapedInterface } from './reconcile/shaper.js';

export function gatewayName({ name }: GatewayConfig): string {
  return name ?? hostname().slice(0, 64);
}

/** Number (major) of the gateway's qdiscs. */
export function qdiscMajor({ qdiscHandle }: GatewayConfig): number {
  return Number.parseInt(qdiscHandle, 16);
}

export function shapedInterfaces(config: GatewayConfig): ShapedInterface[] {
  const { inside, outside, lineUpBitsPerSecond, lineDownBitsPerSecond } = config;
  return [
    ...inside.map((device) => {
      return { device, side: 'down' as const, lineBitsPerSecond: lineDownBitsPerSecond };
    }),
    ...outside.map((device) => {
      return { device, side: 'up' as const, lineBitsPerSecond: lineUpBitsPerSecond };
    }),
  ];
}

/** @throws GatewayError WEIR_GATEWAY_BAD_MARK */
export function markLayout({ ctMark }: GatewayConfig): MarkLayout {
  const layout = markLayoutOf(Number.parseInt(ctMark, 16));
  if (layout) return layout;
  throw new GatewayError('WEIR_GATEWAY_BAD_MARK', `"${ctMark}" in ct-mark cannot be used.`);
}
