// SPDX-License-Identifier: Apache-2.0
// Applications of signature files in the shape in which the data plane takes them.
import type {
  Application,
  Pattern,
  PortHint,
  ServerNameRule,
  SignatureSet,
  StreamSide,
} from '@weir/native';
import type { Match } from './schema.js';
import type { LoadedApplication } from './signature-file.js';

export function toApplication({ content }: LoadedApplication): Application {
  const { id, name, description, category, ipProtocol = 0 } = content;
  return { selector: id, name, description, category, ipProtocol };
}

function sidesOf({ direction }: Match): StreamSide[] {
  return direction === 'either' ? ['client', 'server'] : [direction];
}

function toPatterns(
  { source, content, regexPlaces }: LoadedApplication,
  selector: (name: string) => number,
): Pattern[] {
  return (content.match ?? []).flatMap((match, ordinal) =>
    sidesOf(match).map((side) => ({
      regex: match.regex,
      caseless: match.caseless ?? false,
      transport: match.transport,
      side,
      application: content.id,
      protocol: match.within === undefined ? content.id : selector(match.within),
      ordinal,
      isBehaviour: match.confidence === 'behaviour',
      priority: match.priority ?? 0,
      minimumDatagramBytes: match.minimumBytes ?? 0,
      maximumDatagramBytes: match.maximumBytes ?? 0,
      source: `${source.file}:${regexPlaces[ordinal]}: ${content.name}`,
    })),
  );
}

function toServerNames(application: LoadedApplication): ServerNameRule[] {
  const { source: file, content, namePlaces } = application;
  return (content.serverNames ?? []).map((name, ordinal) => {
    const isExact = name.startsWith('=');
    const source = `${file.file}:${namePlaces[ordinal]}: ${content.name}`;
    const suffix = isExact ? name.slice(1) : name;
    return { suffix, isExact, application: content.id, ordinal, source };
  });
}

function toPorts({ content }: LoadedApplication): PortHint[] {
  return (content.ports ?? []).map((hint) => {
    const [transport, port] = hint.split('/');
    return {
      port: Number(port),
      transport: transport === 'udp' ? 'udp' : 'tcp',
      application: content.id,
    };
  });
}

/** The applications that the classifier must know of. */
export function rolesOf(applications: readonly Application[]): SignatureSet['known'] {
  const selectors = new Map(applications.map(({ name, selector }) => [name, selector]));
  const selector = (name: string) => selectors.get(name) ?? 0;
  return {
    ftp: selector('FTP'),
    ftpData: selector('FTP-Data'),
    sip: selector('SIP'),
    rtp: selector('RTP'),
    rtcp: selector('RTCP'),
    tls: selector('TLS'),
    dtls: selector('DTLS'),
    quic: selector('QUIC'),
    http: selector('HTTP'),
    dns: selector('DNS'),
    stun: selector('STUN'),
    ssh: selector('SSH'),
    dhcp: selector('DHCP'),
    ethereum: selector('ETHEREUM'),
  };
}

export const EMPTY_SET: SignatureSet = {
  applications: [],
  patterns: [],
  serverNames: [],
  ports: [],
  known: rolesOf([]),
};

interface Rule {
  readonly application: number;
  readonly ordinal: number;
}

/** The rules of all batches, each numbered from 0 in its application, numbered on behind `before`. */
export function numberedBehind<R extends Rule>(
  before: readonly Rule[],
  batches: readonly (readonly R[])[],
): R[] {
  const next = new Map<number, number>();
  const note = ({ application, ordinal }: Rule) =>
    next.set(application, Math.max(next.get(application) ?? 0, ordinal + 1));
  before.forEach(note);
  return batches.flatMap((batch) => {
    const numbered = batch.map((one) => ({
      ...one,
      ordinal: one.ordinal + (next.get(one.application) ?? 0),
    }));
    numbered.forEach(note);
    return numbered;
  });
}

/** A suffix covers the whole name, too, so it takes both; "=" takes the whole name alone. */
function withoutNames(
  rules: readonly ServerNameRule[],
  taken: readonly ServerNameRule[],
): readonly ServerNameRule[] {
  const suffixes = new Set(taken.filter((one) => !one.isExact).map((one) => one.suffix));
  const wholes = new Set(taken.map((one) => one.suffix));
  return rules.filter(({ suffix, isExact }) => !(isExact ? wholes : suffixes).has(suffix));
}

function withoutPorts(hints: readonly PortHint[], taken: readonly PortHint[]): PortHint[] {
  const spelt = ({ transport, port }: PortHint) => `${transport}/${port}`;
  const ports = new Set(taken.map(spelt));
  return hints.filter((hint) => !ports.has(spelt(hint)));
}

/**
 * The applications as a set, or on top of `base`: one whose name is there extends that application,
 * and what servers and ports it names no longer belong to any other.
 */
export function toSet(
  loaded: readonly LoadedApplication[],
  base: SignatureSet = EMPTY_SET,
): SignatureSet {
  const named = new Map(base.applications.map((one) => [one.name, one]));
  for (const one of loaded.map(toApplication)) {
    if (!named.has(one.name)) named.set(one.name, one);
  }
  const applications = [...named.values()];
  const selectors = new Map(applications.map(({ name, selector }) => [name, selector]));
  const patterns = loaded.map((one) => toPatterns(one, (name) => selectors.get(name) ?? 0));
  const serverNames = loaded.map(toServerNames);
  const ports = loaded.flatMap(toPorts);
  return {
    applications,
    patterns: [...base.patterns, ...numberedBehind(base.patterns, patterns)],
    serverNames: [
      ...withoutNames(base.serverNames, serverNames.flat()),
      ...numberedBehind(base.serverNames, serverNames),
    ],
    ports: [...withoutPorts(base.ports, ports), ...ports],
    known: rolesOf(applications),
  };
}
