// SPDX-License-Identifier: Apache-2.0
import { parseNetwork, type Selector } from '@weir/wire';
import { RandomFilters } from '@weir/wire/test-filters';
import { expect, it } from 'vitest';
import { DecisionBook } from './decision-book.js';
import { holdsNetwork, networkSelector, networksOf } from './selector.js';
import { testDecision } from './test-rules.js';
import { touchesOf } from './why.js';

const random = new RandomFilters(11);
const addressIn = () =>
  random.of([`10.0.${random.below(2)}.${random.below(4)}`, `2001:db8::${random.below(4)}`]);
const port = () => random.below(2);

function randomSelector(): Selector {
  const address = addressIn();
  const family = address.includes(':') ? '2001:db8::' : '10.0.0.';
  switch (random.below(4)) {
    case 0:
      return { kind: 'endpoint', protocolIdentifier: random.of([6, 17]), address, port: port() };
    case 1:
      return { kind: 'endpoint', address, port: port() };
    case 2: {
      const ends = { sourceTransportPort: port(), destinationTransportPort: port() };
      const destinationAddress = `${family}${random.below(4)}`;
      return {
        ...{ kind: 'flow', protocolIdentifier: random.of([6, 17]), ...ends },
        ...{ sourceAddress: address, destinationAddress },
      };
    }
    default: {
      const most = address.includes(':') ? 129 : 33;
      return networkSelector(`${address}/${random.below(most)}`) as Selector;
    }
  }
}

/** By its definition. */
function isAbout(selector: Selector, address: string, asked: { port?: number; protocol?: number }) {
  const one = parseNetwork(address);
  if (one === undefined || !networksOf(selector).some((network) => holdsNetwork(network, one)))
    return false;
  if (selector.kind === 'host' || selector.kind === 'network') return true;
  const { protocolIdentifier: protocol = asked.protocol } = selector;
  if (asked.protocol !== undefined && protocol !== asked.protocol) return false;
  if (asked.port === undefined) return true;
  if (selector.kind === 'endpoint') return selector.port === asked.port;
  const isSource = selector.sourceAddress === address;
  return (
    asked.port === (isSource ? selector.sourceTransportPort : selector.destinationTransportPort)
  );
}

it('what touches an address is what is about its traffic, as far as that is told', () => {
  const book = new DecisionBook({ firstRevision: 1 });
  const made = Array.from({ length: 300 }, (_, i) => ({
    ...testDecision('192.0.2.1'),
    ...{ id: String(i), selector: randomSelector() },
  }));
  book.put(made);
  let found = 0;
  for (let i = 0; i < 25; i++) {
    const address = addressIn();
    const asked = {
      ...(random.below(2) === 0 && { port: port() }),
      ...(random.below(2) === 0 && { protocol: random.of([6, 17]) }),
    };
    const question = { address, port: asked.port, protocolIdentifier: asked.protocol, limit: 300 };
    const touches = touchesOf(book, question, () => ({ packets: 0, octets: 0 }));
    const ids = made
      .filter(({ selector }) => isAbout(selector, address, asked))
      .map(({ id }) => id);
    expect(touches.map(({ decision }) => decision.id).sort()).toEqual(ids.sort());
    found += ids.length;
  }
  expect(found).toBeGreaterThan(300);
});
