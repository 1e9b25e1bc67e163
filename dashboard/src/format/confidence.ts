// SPDX-License-Identifier: Apache-2.0
// How sure an application's name is, in words: what the name rests on.

export interface Confidence {
  /** Short, for a cell. */
  readonly word: string;
  readonly about: string;
  /** 3: seen in the traffic itself; 0: there is no name. */
  readonly strength: 0 | 1 | 2 | 3;
}

const NOT_NAMED: Confidence = {
  word: 'Not named',
  about: 'Neither payload, exporter nor port tells what it is.',
  strength: 0,
};

const KNOWN: Readonly<Record<string, Confidence>> = {
  payload: {
    word: 'Payload',
    about: 'A pattern matched in what the flow carried.',
    strength: 3,
  },
  name: {
    word: 'Server name',
    about: 'By the name that the flow itself gives its server.',
    strength: 3,
  },
  expected: {
    word: 'Announced',
    about: 'A control channel announced this flow.',
    strength: 3,
  },
  exporter: {
    word: 'Exporter',
    about: 'The exporter says so, and not how it knows.',
    strength: 2,
  },
  behaviour: {
    word: 'Behaviour',
    about: 'By the shape of its packets and of its conversations.',
    strength: 1,
  },
  port: {
    word: 'Port only',
    about: 'By a port or a protocol number alone, which anything can use.',
    strength: 1,
  },
};

/** Of a value of `applicationConfidence`; what a later collector may say keeps its own word. */
export function confidenceOf(value: string): Confidence {
  if (value === '' || value === 'none' || value === 'unknown') return NOT_NAMED;
  return KNOWN[value] ?? { word: value, about: `The collector calls it "${value}".`, strength: 1 };
}

/** Surest first. */
export function compareConfidence(a: string, b: string): number {
  const order = Object.keys(KNOWN);
  const place = (value: string) => {
    const at = order.indexOf(value);
    return at < 0 ? order.length + Number(confidenceOf(value).strength === 0) : at;
  };
  return place(a) - place(b);
}
