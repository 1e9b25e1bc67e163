// SPDX-License-Identifier: Apache-2.0
import type { KeyOf } from '../view/filter-edit';
import { keyLabel } from './key-label';
import { openValueMenu } from './value-menu';

export interface PortButtonProps {
  readonly protocol: string;
  readonly port: string;
  /** What the menu is about: a port alone says little. */
  readonly keys: readonly KeyOf[];
}

/** A port with its protocol, and one menu for both. */
export function PortButton({ protocol, port, keys }: PortButtonProps) {
  return (
    <button
      type="button"
      class="value-button"
      aria-haspopup="menu"
      onClick={(event) => openValueMenu({ keys }, event.currentTarget)}
    >
      <span class="value-text">
        {port}{' '}
        <span class="muted">{keyLabel({ dimension: 'protocolIdentifier', key: protocol })}</span>
      </span>
    </button>
  );
}
