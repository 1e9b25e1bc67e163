// SPDX-License-Identifier: Apache-2.0
import { SILENT } from '@weir/wire';
import { expect, test } from 'vitest';
import { Tc } from '../enforce/tc.js';
import type { ShapeClass } from '../plan/shaping.js';
import { Shaper } from './shaper.js';

const CLASS: ShapeClass = {
  ...{ number: 1, parent: 0xffff, bitsPerSecond: 1e6, ceilingBitsPerSecond: 1e6, priority: 4 },
};

test('what nobody foresaw is told, and keeps no later change from its turn', async () => {
  const applied: string[] = [];
  class Surprising extends Tc {
    looks = 0;
    override async read() {
      this.looks += 1;
      if (this.looks === 1) throw new TypeError('another form than expected');
      return undefined;
    }
    override async apply(lines: readonly string[]) {
      applied.push(...lines);
    }
    override async leafKind() {
      return 'sfq' as const;
    }
  }
  const tc = new Surprising(['false'], 0x7e1f);
  const interfaces = [{ device: 'eth1', side: 'down' as const, lineBitsPerSecond: 1e9 }];
  const shaper = new Shaper({ tc, interfaces, major: 0x7e1f, log: SILENT });
  const wanted = { up: new Map(), down: new Map([[1, CLASS]]) };
  await expect(shaper.want(wanted)).rejects.toThrow(TypeError);
  await shaper.want(wanted);
  expect(applied.join('\n')).toContain('class replace dev eth1 parent 7e1f:ffff classid 7e1f:1');
});
