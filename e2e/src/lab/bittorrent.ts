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
const SEED_PORT = 38211;
const TRACKER_PORT = 6969;
const RPC_PORT = 6800;
/** aria2 calls the download by an id that we may choose: 16 hexadecimal digits. */
const DOWNLOAD_ID = '77656972746573e1';

interface Swarm {
  readonly lab: Lab;
  readonly folder: string;
  readonly server: Extract<Node, 'server' | 'server2'>;
  readonly rateBytesPerSecond: number;
}

/**
 * aria2 on the client downloads from transmission on a server; they find each other through
 * opentracker on the server. The handshake is plain text, the transport TCP.
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
    const { server = 'server', sizeBytes = 200_000_000, rateBytesPerSecond = 2_000_000 } = options;
    const folder = await lab.makeFolder(`bittorrent-${server}`);
    const swarm: Swarm = { lab, folder, server, rateBytesPerSecond };
    const infoHash = await makeTorrent(swarm, sizeBytes);
    const tracker = await startTracker(swarm, infoHash);
    const seed = await startSeed(swarm);
    await eventually('the seed is known to the tracker', () => isSeeded(swarm, infoHash));
    const client = startClient(swarm);
    const transfer = new BitTorrentTransfer(swarm, [client, seed, tracker]);
    await eventually('the transfer begins', async () => {
      if (!client.running) throw new Error(`aria2c ended:\n${client.tail()}`);
      return (await transfer.progress()) > 0;
    });
    return transfer;
  }

  /** Octets of the file received so far; 0 while the client does not answer. */
  async progress(): Promise<number> {
    const status = await this.#askClient('completedLength');
    return Number(status ?? 0);
  }

  /** How many peers the client is connected with, as far as it knows. */
  async connections(): Promise<number> {
    return Number((await this.#askClient('connections')) ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes) await process[Symbol.asyncDispose]();
  }

  async #askClient(key: string): Promise<string | undefined> {
    const body = {
      jsonrpc: '2.0',
      id: '1',
      method: 'aria2.tellStatus',
      params: [DOWNLOAD_ID, [key]],
    };
    const url = `http://127.0.0.1:${RPC_PORT}/jsonrpc`;
    try {
      const response = await this.#swarm.lab.fetch('client', url, { method: 'POST', body });
      return (JSON.parse(response.body) as { result?: Record<string, string> }).result?.[key];
    } catch {
      // The client is not listening yet.
      return undefined;
    }
  }
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

async function startSeed({ lab, folder, server }: Swarm) {
  const home = join(folder, 'seed-home');
  await mkdir(join(home, 'torrents'), { recursive: true });
  await lab.exec(server, ['cp', join(folder, 'water.torrent'), join(home, 'torrents')]);
  await writeFile(join(home, 'settings.json'), JSON.stringify(seedSettings(folder)));
  const seed = lab.spawn(server, ['transmission-daemon', '-f', '-g', home]);
  await eventually('the seed listens', () => listens({ lab, server }, SEED_PORT));
  return seed;
}

function seedSettings(folder: string) {
  return {
    'download-dir': join(folder, 'seed'),
    'peer-port': SEED_PORT,
    'dht-enabled': false,
    'lpd-enabled': false,
    'pex-enabled': false,
    'utp-enabled': false,
    // 0: plain text where the other end agrees.
    encryption: 0,
    'port-forwarding-enabled': false,
    'rpc-enabled': false,
    'blocklist-enabled': false,
  };
}

function startClient({ lab, folder, rateBytesPerSecond }: Swarm) {
  return lab.spawn('client', [
    'aria2c',
    '--no-conf',
    `--dir=${join(folder, 'client')}`,
    `--gid=${DOWNLOAD_ID}`,
    '--seed-time=0',
    '--enable-dht=false',
    '--enable-dht6=false',
    '--bt-enable-lpd=false',
    '--enable-peer-exchange=false',
    '--bt-require-crypto=false',
    '--bt-min-crypto-level=plain',
    `--max-overall-download-limit=${rateBytesPerSecond}`,
    '--file-allocation=none',
    '--enable-rpc=true',
    `--rpc-listen-port=${RPC_PORT}`,
    '--summary-interval=0',
    join(folder, 'water.torrent'),
  ]);
}

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
