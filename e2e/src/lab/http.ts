// SPDX-License-Identifier: Apache-2.0
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import type { Lab } from './lab.js';
import type { LabProcess } from './lab-process.js';
import { ADDRESSES, type Node } from './topology.js';

export interface HttpDownloadOptions {
  readonly server?: Extract<Node, 'server' | 'server2'>;
  readonly family?: 4 | 6;
  readonly port?: number;
  readonly sizeBytes?: number;
  readonly rateBytesPerSecond?: number;
}

/** curl on the client fetches a large file from nginx on a server, slowly enough to watch. */
export class HttpDownload implements AsyncDisposable {
  readonly #folder: string;
  readonly #server: LabProcess;
  readonly #client: LabProcess;

  private constructor(folder: string, server: LabProcess, client: LabProcess) {
    this.#folder = folder;
    this.#server = server;
    this.#client = client;
  }

  /** Resolves when the first octets have arrived. */
  static async start(lab: Lab, options: HttpDownloadOptions = {}): Promise<HttpDownload> {
    const { server = 'server', family = 4, port = 80 } = options;
    const { sizeBytes = 200_000_000, rateBytesPerSecond = 1_000_000 } = options;
    const folder = await lab.makeFolder(`http-${server}`);
    const nginx = await startNginx(lab, { server, folder, port, sizeBytes });
    const address = ADDRESSES[server][family];
    const host = family === 6 ? `[${address}]` : address;
    const rate = ['--limit-rate', String(rateBytesPerSecond)];
    const output = ['--output', join(folder, 'received')];
    const url = `http://${host}:${port}/file`;
    const curl = lab.spawn('client', ['curl', '-sS', '--no-buffer', ...rate, ...output, url]);
    const download = new HttpDownload(folder, nginx, curl);
    await eventually('the download begins', async () => (await download.progress()) > 0);
    return download;
  }

  /** Octets of the file received so far. */
  async progress(): Promise<number> {
    const received = await stat(join(this.#folder, 'received')).catch(() => undefined);
    return received?.size ?? 0;
  }

  get running(): boolean {
    return this.#client.running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end();
    await this.#server.end();
  }
}

interface NginxOptions {
  readonly server: Node;
  readonly folder: string;
  readonly port: number;
  readonly sizeBytes: number;
}

async function startNginx(
  lab: Lab,
  { server, folder, port, sizeBytes }: NginxOptions,
): Promise<LabProcess> {
  await lab.exec(server, ['truncate', '-s', String(sizeBytes), join(folder, 'file')]);
  const config = join(folder, 'nginx.conf');
  await writeFile(config, nginxConfig(folder, port));
  const nginx = lab.spawn(server, ['nginx', '-c', config, '-g', 'daemon off;']);
  await eventually('nginx listens', async () => {
    if (!nginx.running) throw new Error(`nginx ended:\n${nginx.tail()}`);
    return (await lab.exec(server, ['ss', '-Hltn', `sport = :${port}`])).trim() !== '';
  });
  return nginx;
}

function nginxConfig(folder: string, port: number): string {
  return `user root;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  default_type application/octet-stream;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  server { listen ${port}; listen [::]:${port}; root ${folder}; }
}
`;
}
