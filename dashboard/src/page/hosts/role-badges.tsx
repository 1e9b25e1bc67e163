// SPDX-License-Identifier: Apache-2.0
import type { BehaviourHost } from '@weir/wire';
import { NO_VALUE } from '../../format/quantity';
import { roleWords } from './roles';

/** What a host is by its behaviour; what somebody should look at stands out by its form, too. */
export function RoleBadges({ host }: { readonly host: BehaviourHost | undefined }) {
  if (host === undefined) return <span class="muted">{NO_VALUE}</span>;
  return (
    <span class="role-badges">
      {roleWords(host).map(({ word, isConspicuous }) => (
        <span key={word} class={isConspicuous ? 'badge badge-warning' : 'role-word'}>
          {word}
        </span>
      ))}
    </span>
  );
}
