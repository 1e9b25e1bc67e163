// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { createHostCheck, namesOf } from './host-names.js';

const HOSTS = `127.0.0.1 localhost box
# 192.0.2.1 box.commented.example box
127.0.1.1\tbox.example.net box # box.behind.example
192.0.2.7 other.example box2
`;

it("knows the machine's name, and the full one that the system has for it", () => {
  expect(namesOf('box', HOSTS)).toEqual(['box', 'box.example.net']);
  expect(namesOf('box', '')).toEqual(['box']);
  expect(namesOf('box.example.net', HOSTS)).toEqual(['box.example.net']);
});

it('knows no domain of somebody else that begins with the name', () => {
  const isKnown = createHostCheck(['Weir.example'], ['Box', 'box.example.net']);
  const good = ['box', 'BOX:8055', 'box.example.net:443', 'weir.example', 'a.localhost', '[::1]:1'];
  expect(good.filter((host) => !isKnown(host))).toEqual([]);
  const bad = [
    'box.evil.example',
    'box.example.net.evil.example',
    'boxes',
    'x.weir.example',
    'b.o.x',
  ];
  expect(bad.filter(isKnown)).toEqual([]);
});
