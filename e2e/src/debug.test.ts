import { test } from 'vitest';
import { BitTorrentTransfer } from './lab/bittorrent.js';
import { Lab } from './lab/lab.js';
import { ADDRESSES, MIRROR } from './lab/topology.js';
import { RunningWeir } from './weir.js';

const C = `http://${ADDRESSES.probe[4]}:8055`;
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
test('x', async () => {
  const lab = await Lab.create();
  const ns = (n: any) => ['ip', 'netns', 'exec', lab.namespaceOf(n)];
  const p = RunningWeir.start(
    [
      'probe',
      '--interface',
      MIRROR,
      '--export-on-classify',
      '--active-timeout',
      '2',
      '--stats',
      '/tmp/weir-dbg/stats',
      '--records',
      '/tmp/weir-dbg/records',
    ],
    ns('probe'),
  );
  const cap = lab.spawn('probe', [
    'tcpdump',
    '-i',
    MIRROR,
    '-w',
    '/tmp/weir-dbg/cap.pcap',
    '-Z',
    'root',
  ]);
  await sleep(15000);
  try {
    const t = await BitTorrentTransfer.start(lab);
    for (let i = 0; i < 3; i++) {
      await sleep(2000);
      console.log(await t.progress());
    }
  } finally {
    await cap.end();
    for (const w of [p]) {
      await w.stop();
      console.log(w.output);
    }
    await lab.dispose();
  }
});
