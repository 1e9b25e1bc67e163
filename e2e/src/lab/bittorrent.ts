// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import type { Lab } from './lab.js';
import { ADDRESSES, type Node } from './topology.js';

export interface BitTorrentOptions {
  /** Where the seed and the tracker run. */
  readonly server?: Extract<Node, 'server' | 'server2'>;
  readonly sizeBytes?: number;
  readonly rateBytesPerSecond?: number;
}

/** Chosen by nobody: a port that no list of well-known ports knows. */
export const SEED_PORT = 38211;
const CLIENT_PORT = 27531;
const TRACKER_PORT = 6969;
const RPC_PORT = 9091;

interface Swarm {
  readonly lab: Lab;
  readonly folder: string;
  readonly server: Extract<Node, 'server' | 'server2'>;
  readonly rateBytesPerSecond: number;
}

/**
 * transmission on the client downloads from transmission on a server; they find each other through
 * opentracker on the server. The handshake is plain text (aria2 would begin with an obfuscated one,
 * whatever its options say), the transport TCP.
 */
export class BitTorrentTransfer implements AsyncDisposable {
  readonly #swarm: Swarm;
  readonly #processes: readonly AsyncDisposable[];

  private constructor(swarm: Swarm, processes: readonly AsyncDisposable[]) {
    this.#swarm = swarm;
    this.#processes = processes;
  }

  /** Resolves when the first octets have arrived. */
  static async start(lab: Lab, options: BitTorrentOptions = {}): Promise<BitTorrentTransfer> {
    const transfer = await BitTorrentTransfer.launch(lab, options);
    await eventually('the transfer begins', async () => (await transfer.progress()) > 0);
    return transfer;
  }

  /** Resolves when the seed is there and the client looks for it: for a transfer that may never begin. */
  static async launch(lab: Lab, options: BitTorrentOptions = {}): Promise<BitTorrentTransfer> {
    const { server = 'server', sizeBytes = 200_000_000, rateBytesPerSecond = 2_000_000 } = options;
    const folder = await lab.makeFolder(`bittorrent-${server}`);
    const swarm: Swarm = { lab, folder, server, rateBytesPerSecond };
    const infoHash = await makeTorrent(swarm, sizeBytes);
    const tracker = await startTracker(swarm, infoHash);
    const seed = await startSeed(swarm);
    await eventually('the seed is known to the tracker', () => isSeeded(swarm, infoHash));
    const client = await startClient(swarm);
    return new BitTorrentTransfer(swarm, [client, seed, tracker]);
  }

  /** Octets of the file received so far; 0 while the client does not answer. */
  async progress(): Promise<number> {
    const { haveValid = 0, haveUnchecked = 0 } = await this.#clientState();
    return haveValid + haveUnchecked;
  }

  /** How many peers the client is connected with, as far as it knows. */
  async connections(): Promise<number> {
    return (await this.#clientState()).peersConnected ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes) await process[Symbol.asyncDispose]();
  }

  async #clientState(): Promise<ClientState> {
    try {
      const fields = ['haveValid', 'haveUnchecked', 'peersConnected'];
      const answer = await this.#ask({ method: 'torrent-get', arguments: { fields } });
      return (JSON.parse(answer) as ClientAnswer).arguments.torrents[0] ?? {};
    } catch {
      // The client is not listening yet.
      return {};
    }
  }

  /** transmission answers only to those who repeat the session id that its refusal names. */
  async #ask(body: object): Promise<string> {
    const url = `http://127.0.0.1:${RPC_PORT}/transmission/rpc`;
    const request = { method: 'POST', body };
    const refusal = await this.#swarm.lab.fetch('client', url, request);
    const [, session = ''] = /X-Transmission-Session-Id: (\w+)/.exec(refusal.body) ?? [];
    const headers = { 'X-Transmission-Session-Id': session };
    return (await this.#swarm.lab.fetch('client', url, { ...request, headers })).body;
  }
}

/** In octets. */
interface ClientState {
  readonly haveValid?: number;
  readonly haveUnchecked?: number;
  readonly peersConnected?: number;
}

interface ClientAnswer {
  readonly arguments: { readonly torrents: readonly ClientState[] };
}

/** A file of random octets and its torrent; the info hash. */
async function makeTorrent({ lab, folder, server }: Swarm, sizeBytes: number): Promise<string> {
  await mkdir(join(folder, 'seed'));
  await mkdir(join(folder, 'client'));
  const file = join(folder, 'seed', 'water.bin');
  const torrent = join(folder, 'water.torrent');
  await lab.exec(server, ['sh', '-c', `head -c ${sizeBytes} /dev/urandom >"$0"`, file]);
  const tracker = `http://${ADDRESSES[server][4]}:${TRACKER_PORT}/announce`;
  await lab.exec(server, ['transmission-create', '-o', torrent, '-t', tracker, file], {
    limitMs: 60_000,
  });
  const shown = await lab.exec(server, ['transmission-show', torrent]);
  const infoHash = /Hash: ([0-9a-f]{40})/.exec(shown)?.[1];
  if (!infoHash) throw new Error(`transmission-show tells no hash:\n${shown}`);
  return infoHash;
}

/** Debian's opentracker only serves torrents that it is told of, and refuses to run as root. */
async function startTracker({ lab, folder, server }: Swarm, infoHash: string) {
  const work = join(folder, 'tracker');
  await mkdir(work);
  await writeFile(join(work, 'whitelist'), `${infoHash}\n`);
  const where = ['-i', ADDRESSES[server][4], '-p', String(TRACKER_PORT), '-d', work];
  const tracker = lab.spawn(server, ['opentracker', ...where, '-u', 'nobody', '-w', 'whitelist']);
  await eventually('the tracker listens', () => listens({ lab, server }, TRACKER_PORT));
  return tracker;
}

async function startSeed(swarm: Swarm) {
  const { lab, folder, server } = swarm;
  const settings = {
    'download-dir': join(folder, 'seed'),
    'peer-port': SEED_PORT,
    'rpc-enabled': false,
  };
  const seed = await startTransmission(swarm, server, settings);
  await eventually('the seed listens', () => listens({ lab, server }, SEED_PORT));
  return seed;
}

function startClient(swarm: Swarm) {
  return startTransmission(swarm, 'client', {
    'download-dir': join(swarm.folder, 'client'),
    'peer-port': CLIENT_PORT,
    'rpc-port': RPC_PORT,
    'rpc-bind-address': '127.0.0.1',
    // In kB/s of 1000 octets.
    'speed-limit-down': Math.ceil(swarm.rateBytesPerSecond / 1000),
    'speed-limit-down-enabled': true,
  });
}

async function startTransmission({ lab, folder }: Swarm, node: Node, settings: object) {
  const home = join(folder, `home-${node}`);
  await mkdir(join(home, 'torrents'), { recursive: true });
  await lab.exec(node, ['cp', join(folder, 'water.torrent'), join(home, 'torrents')]);
  const all = { ...SETTINGS, ...settings };
  await writeFile(join(home, 'settings.json'), JSON.stringify(all));
  return lab.spawn(node, ['transmission-daemon', '-f', '-g', home]);
}

/** Only TCP, only plain text, and nobody but the tracker to ask for peers. */
const SETTINGS = {
  'dht-enabled': false,
  'lpd-enabled': false,
  'pex-enabled': false,
  'utp-enabled': false,
  // 0: plain text where the other end agrees.
  encryption: 0,
  'port-forwarding-enabled': false,
  'blocklist-enabled': false,
};

async function listens(
  { lab, server }: Pick<Swarm, 'lab' | 'server'>,
  port: number,
): Promise<boolean> {
  return (await lab.exec(server, ['ss', '-Hltn', `sport = :${port}`])).trim() !== '';
}

/** The tracker's scrape is bencoded: "8:completei1e" says that one seed is there. */
async function isSeeded({ lab, server }: Swarm, infoHash: string): Promise<boolean> {
  const escaped = infoHash.replaceAll(/../g, '%$&');
  const url = `http://${ADDRESSES[server][4]}:${TRACKER_PORT}/scrape?info_hash=${escaped}`;
  return /8:completei[1-9]/.test((await lab.fetch(server, url)).body);
}
