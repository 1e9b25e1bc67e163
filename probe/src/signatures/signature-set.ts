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
  { yaml, content, regexLines }: LoadedApplication,
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
      source: `${yaml.file}:${regexLines[ordinal]}: ${content.name}`,
    })),
  );
}

function toServerNames({ yaml, content, nameLines }: LoadedApplication): ServerNameRule[] {
  return (content.serverNames ?? []).map((name, ordinal) => {
    const isExact = name.startsWith('=');
    const source = `${yaml.file}:${nameLines[ordinal]}: ${content.name}`;
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

export function toSet(loaded: readonly LoadedApplication[]): SignatureSet {
  const applications = loaded.map(toApplication);
  const selectors = new Map(applications.map(({ name, selector }) => [name, selector]));
  return {
    applications,
    patterns: loaded.flatMap((one) => toPatterns(one, (name) => selectors.get(name) ?? 0)),
    serverNames: loaded.flatMap(toServerNames),
    ports: loaded.flatMap(toPorts),
    known: rolesOf(applications),
  };
}
