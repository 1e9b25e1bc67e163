// SPDX-License-Identifier: Apache-2.0
// Names with their values, one below the other.
import type { ComponentChildren } from 'preact';

export interface FactProps {
  readonly term: string;
  readonly value: ComponentChildren;
  /** What it means, for who points at it. */
  readonly about?: string | undefined;
}

export function Fact({ term, value, about }: FactProps) {
  return (
    <div title={about}>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}

export function Facts({ facts }: { readonly facts: readonly FactProps[] }) {
  return (
    <dl class="facts">
      {facts.map((fact) => (
        <Fact key={fact.term} {...fact} />
      ))}
    </dl>
  );
}
