// SPDX-License-Identifier: Apache-2.0
// The whole loop: the probe names a flow on the mirror port, the collector's rule makes a decision of it,
// the gateway stops it in the kernel while it runs, and what the rule does not name goes on.
import type { DecisionsResponse, ExportersResponse, Rule } from '@weir/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BitTorrentTransfer, SEED_PORT } from './lab/bittorrent.js';
import { eventually } from './lab/eventually.js';
import { HttpDownload } from './lab/http.js';
import { IS_ROOT, Lab } from './lab/lab.js';
import { makeGatewayKey, makeUser, signIn } from './lab/session.js';
import { ADDRESSES, MIRROR, type Node } from './lab/topology.js';
import { RunningWeir } from './weir.js';

const COLLECTOR = `http://${ADDRESSES.probe[4]}:8055`;
const BLOCK_BITTORRENT = {
  name: 'No BitTorrent',
  filter: 'app = BitTorrent',
  action: { kind: 'block' },
  scope: 'flow',
  reason: 'dormitory',
};

describe.skipIf(!IS_ROOT)('a rule that blocks BitTorrent', () => {
  let lab: Lab;
  let running: RunningWeir[];
  let headers: Record<string, string>;

  beforeEach(async () => {
    lab = await Lab.create();
    running = [];
    const data = await lab.makeFolder('collector');
    makeUser(data, 'operator', 'operator');
    const key = ['--api-key', makeGatewayKey(data)];
    const listen = ['--listen', '127.0.0.1:2055', '--http', `${ADDRESSES.probe[4]}:8055`];
    await start('probe', ['collector', '--data', data, ...listen], /collecting on/);
    headers = await signIn(lab, 'probe', { collector: COLLECTOR, name: 'operator' });
    const gateway = ['gateway', '--collector', COLLECTOR, ...key, '--state-file', 'none'];
    await start('gateway', gateway, /collector found/);
    const capture = ['--interface', MIRROR, '--export', 'netflow9://127.0.0.1:2055'];
    await start('probe', ['probe', ...capture, '--export-on-classify', '--active-timeout', '2']);
    await eventually('the probe exports what it sees', probeExports);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.log(await report());
    for (const weir of running.reverse()) await weir.stop();
    await lab.dispose();
  });

  test('stops a transfer that runs until the rule is deleted, and HTTP between the same hosts goes on', async () => {
    await using torrent = await BitTorrentTransfer.start(lab);
    await using download = await HttpDownload.start(lab);
    await goesOn(torrent);

    const rule = await makeRule();
    await eventually('the transfer stops', () => isStill(torrent));
    const [torrentAt, downloadAt] = [await torrent.progress(), await download.progress()];
    await eventually(
      'HTTP goes on',
      async () => (await download.progress()) > downloadAt + 3_000_000,
    );
    // Each new connection brings a block or two before it is named, too.
    expect((await torrent.progress()) - torrentAt).toBeLessThan(200_000);
    expect(await dropped()).toBeGreaterThan(0);
    const decided = (await decisionsNow()).decisions.filter(({ origin }) => origin === 'rule');
    expect(decided.length).toBeGreaterThan(0);
    expect(decided.every((decision) => decision.rule?.id === rule.id)).toBe(true);
    const ports = decided.flatMap(({ selector }) =>
      selector.kind === 'flow'
        ? [selector.sourceTransportPort, selector.destinationTransportPort]
        : [],
    );
    expect(ports).not.toContain(80);

    const standing = await blocked();
    await lab.exec('gateway', ['nft', 'flush', 'ruleset']);
    await eventually('the block is restored', async () => (await blocked()) === standing);

    await lab.fetch('probe', `${COLLECTOR}/api/v1/rules/${rule.id}`, {
      method: 'DELETE',
      headers,
    });
    await eventually('nothing is blocked', async () => (await blocked()) === '');
    await goesOn(torrent);
  });

  test('stops a transfer that begins later', async () => {
    await makeRule();
    await using torrent = await BitTorrentTransfer.launch(lab, { sizeBytes: 60_000_000 });
    await eventually('the seed is blocked', async () => (await blocked()).includes(`${SEED_PORT}`));
    const why = (await decisionsNow()).decisions.flatMap(
      ({ evidence }) => evidence?.signature ?? [],
    );
    expect(why.join()).toMatch(/BitTorrent\/match\/\d/);
    await eventually('nothing arrives', () => isStill(torrent));
    expect(await torrent.progress()).toBeLessThan(60_000_000);
    await using download = await HttpDownload.start(lab);
    await goesOn(download);
  });

  async function start(node: Node, args: string[], ready?: RegExp): Promise<void> {
    const weir = RunningWeir.start(args, ['ip', 'netns', 'exec', lab.namespaceOf(node)]);
    running.push(weir);
    if (ready) await weir.printed(ready);
  }

  /** What one needs to see why it failed. */
  async function report(): Promise<string> {
    const answers = ['flows', 'decisions', 'health'].map((name) =>
      lab
        .fetch('probe', `${COLLECTOR}/api/v1/${name}`, { headers })
        .then(({ body }) => body, String),
    );
    const outputs = running.map((weir) => weir.output);
    return [...(await Promise.all(answers)), await blocked(), ...outputs].join('\n\n');
  }

  async function probeExports(): Promise<boolean> {
    await lab.exec('client', ['ping', '-c1', '-W1', ADDRESSES.server[4]]);
    const { body } = await lab.fetch('probe', `${COLLECTOR}/api/v1/exporters`, { headers });
    return (JSON.parse(body) as ExportersResponse).exporters.length > 0;
  }

  async function makeRule(): Promise<Rule> {
    const request = { method: 'POST', body: BLOCK_BITTORRENT, headers };
    // Of the few hosts here the rule hits a larger part than goes without a second yes.
    const url = `${COLLECTOR}/api/v1/rules?confirm=true`;
    const { status, body } = await lab.fetch('probe', url, request);
    expect([status, body]).toEqual([201, expect.any(String)]);
    return JSON.parse(body) as Rule;
  }

  async function decisionsNow(): Promise<DecisionsResponse> {
    const { body } = await lab.fetch('gateway', `${COLLECTOR}/api/v1/decisions`, { headers });
    return JSON.parse(body) as DecisionsResponse;
  }

  /** Elements that stand in the gateway's kernel, without what runs on. */
  async function blocked(): Promise<string> {
    const listing = await lab.exec('gateway', ['nft', 'list', 'ruleset']);
    return [...listing.matchAll(/\S+ \. \d+ \. \S+ \. \d+ \. \w+(?= timeout)/g)].sort().join('\n');
  }

  async function dropped(): Promise<number> {
    const listing = await lab.exec('gateway', ['nft', 'list', 'table', 'inet', 'weir']);
    return [...listing.matchAll(/packets (\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0);
  }
});

interface Transfer {
  progress(): Promise<number>;
}

async function goesOn(transfer: Transfer): Promise<void> {
  const before = await transfer.progress();
  // A connection that was blocked for a while sends again only after its retransmission timer.
  await eventually(
    'it goes on',
    async () => (await transfer.progress()) > before + 1_000_000,
    90_000,
  );
}

/** Whether nothing arrives for two seconds, in which an unblocked transfer brings 4 MB. */
async function isStill(transfer: Transfer): Promise<boolean> {
  const before = await transfer.progress();
  await new Promise((resolve) => setTimeout(resolve, 2000));
  return (await transfer.progress()) === before;
}
