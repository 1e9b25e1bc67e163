// SPDX-License-Identifier: Apache-2.0
// The operator's file about the network: names of networks, exporters, interfaces and services, and what
// to count. Text in, checked values out; each error says where it stands.
import { isIP } from 'node:net';
import type { EnrichmentConfig } from '@weir/native/collect';
import Type, { type Static } from 'typebox';
import { Errors } from 'typebox/value';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { CollectorError } from '../errors.js';

const Name = Type.String({ minLength: 1, maxLength: 256 });
const InterfaceIndex = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });
const closed = { additionalProperties: false };

const NetworkFile = Type.Object(
  {
    networks: Type.Optional(
      Type.Array(
        Type.Object(
          {
            prefix: Type.Union([Type.String(), Type.Array(Type.String())]),
            name: Name,
            role: Type.Optional(Name),
            site: Type.Optional(Name),
            own: Type.Optional(Type.Boolean()),
          },
          closed,
        ),
      ),
    ),
    exporters: Type.Optional(
      Type.Array(
        Type.Object(
          {
            address: Type.String(),
            name: Type.Optional(Name),
            interfaces: Type.Optional(Type.Record(Type.String(), Name)),
          },
          closed,
        ),
      ),
    ),
    services: Type.Optional(
      Type.Array(
        Type.Object(
          { name: Name, category: Type.Optional(Name), ports: Type.Array(Type.String()) },
          closed,
        ),
      ),
    ),
    count: Type.Optional(
      Type.Object(
        {
          boundaries: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  exporter: Type.Optional(Type.String()),
                  interfaces: Type.Optional(Type.Array(InterfaceIndex)),
                  side: Type.Optional(Type.Enum(['ingress', 'egress', 'either'])),
                },
                closed,
              ),
            ),
          ),
          once: Type.Optional(
            Type.Object(
              {
                windowSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
                flows: Type.Optional(Type.Integer({ minimum: 1024, maximum: 1 << 28 })),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);
type NetworkFile = Static<typeof NetworkFile>;

/** What the file says; GeoIP files come from the options. */
export type NetworkFileContent = Omit<EnrichmentConfig, 'countryFile' | 'asnFile'>;

/** Longer than the active timeout that most exporters have (60 s to 300 s). */
const WINDOW_SECONDS = 600;
const DEDUPLICATED_FLOWS = 1 << 20;
const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };

type Path = readonly (string | number)[];

/** Throws with the place of what is wrong. */
type Refuse = (path: Path, message: string) => never;

/** @throws CollectorError WEIR_COLLECTOR_NETWORK_FILE, "FILE:LINE:COLUMN: what is wrong" */
export function readNetworkFile(text: string, file: string): NetworkFileContent {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const refuseAt = (offset: number, message: string): never => {
    const { line, col } = lines.linePos(offset);
    throw new CollectorError('WEIR_COLLECTOR_NETWORK_FILE', `${file}:${line}:${col}: ${message}`);
  };
  const [syntax] = document.errors;
  if (syntax !== undefined) refuseAt(syntax.pos[0], syntax.message.split(/ at line|\n/)[0] ?? '');
  const refuse: Refuse = (path, message) => refuseAt(offsetOf(document, path), message);
  const content: unknown = document.toJS() ?? {};
  checkForm(content, refuse);
  return contentOf(content as NetworkFile, refuse);
}

function offsetOf(document: Document, path: Path): number {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isNode(node) && node.range) return node.range[0];
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}

function checkForm(content: unknown, refuse: Refuse): void {
  const [error] = Errors(NetworkFile, content);
  if (error === undefined) return;
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  // An object takes no other keys: what stands there meets the schema `false`.
  if (error.keyword === 'boolean') refuse(path, `unknown key "${path.at(-1)}"`);
  refuse(path, `${path.join('.')} ${error.message}`);
}

function contentOf(content: NetworkFile, refuse: Refuse): NetworkFileContent {
  const { count = {} } = content;
  const { once } = count;
  return {
    networks: networksOf(content, refuse),
    exporters: exportersOf(content, refuse),
    services: servicesOf(content, refuse),
    boundaries: (count.boundaries ?? []).map(({ exporter = '', interfaces = [], side }, i) => {
      if (exporter !== '') checkAddress(exporter, ['count', 'boundaries', i, 'exporter'], refuse);
      return { exporter, interfaces, side: side ?? 'ingress' };
    }),
    deduplicationWindowMs: once === undefined ? 0 : (once.windowSeconds ?? WINDOW_SECONDS) * 1000,
    deduplicationFlows: once?.flows ?? DEDUPLICATED_FLOWS,
  };
}

function networksOf({ networks = [] }: NetworkFile, refuse: Refuse): EnrichmentConfig['networks'] {
  const seen = new Set<string>();
  return networks.flatMap(({ prefix, name, role = '', site = '', own = true }, i) =>
    [prefix].flat().map((each, j) => {
      const path = ['networks', i, 'prefix', ...(Array.isArray(prefix) ? [j] : [])];
      checkPrefix(each, path, refuse);
      if (seen.has(each)) refuse(path, `${each} has a name already`);
      seen.add(each);
      return { prefix: each, name, role, site, own };
    }),
  );
}

function exportersOf(
  { exporters = [] }: NetworkFile,
  refuse: Refuse,
): EnrichmentConfig['exporters'] {
  const seen = new Set<string>();
  return exporters.map(({ address, name = '', interfaces = {} }, i) => {
    const path = ['exporters', i];
    checkAddress(address, [...path, 'address'], refuse);
    if (seen.has(address)) refuse([...path, 'address'], `${address} stands here a second time`);
    seen.add(address);
    const named = Object.entries(interfaces).map(([key, interfaceName]) => {
      const index = Number(key);
      if (!/^\d{1,10}$/.test(key) || index > 0xffff_ffff) {
        refuse([...path, 'interfaces'], `"${key}" is no SNMP index of an interface`);
      }
      return { index, name: interfaceName };
    });
    return { address, name, interfaces: named };
  });
}

function servicesOf({ services = [] }: NetworkFile, refuse: Refuse): EnrichmentConfig['services'] {
  return services.flatMap(({ name, category = '', ports }, i) =>
    ports.map((text, j) => {
      const [transport = '', digits = ''] = text.split('/');
      const protocol = PROTOCOLS[transport];
      const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
      if (protocol === undefined || port < 1 || port > 65_535) {
        return refuse(['services', i, 'ports', j], `"${text}" is no port; write tcp/8443`);
      }
      return { protocol, port, name, category };
    }),
  );
}

function checkAddress(text: string, path: Path, refuse: Refuse): void {
  if (isIP(text) === 0) refuse(path, `"${text}" is no address; write 192.0.2.1 or 2001:db8::1`);
}

function checkPrefix(text: string, path: Path, refuse: Refuse): void {
  const [address = '', length, ...rest] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] as number;
  const isLength = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= most);
  if (most < 0 || !isLength || rest.length > 0) {
    refuse(path, `"${text}" is no network; write 192.0.2.0/24 or 2001:db8::/32`);
  }
}
