// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { ProbeConfig } from './config.js';
import { parseTarget, parseTargets, transportOptions } from './targets.js';

describe('parseTarget', () => {
  it('reads names, IPv4 and bracketed IPv6, with zones in both spellings', () => {
    expect(parseTarget('netflow9://collector.example:2055')).toEqual({
      protocol: 'netflow9',
      transport: 'udp',
      host: 'collector.example',
      port: 2055,
      path: '',
    });
    expect(parseTarget('netflow5://127.0.0.1:9995').protocol).toBe('netflow5');
    expect(parseTarget('ipfix://[::1]:4739')).toMatchObject({ protocol: 'ipfix', host: '::1' });
    expect(parseTarget('ipfix://[fe80::1%25eth0]:4739').host).toBe('fe80::1%eth0');
    expect(parseTarget('ipfix://[fe80::1%eth0]:4739').host).toBe('fe80::1%eth0');
  });

  it.each([
    ['ipfix+tcp://192.0.2.1:4739', 'tcp'],
    ['ipfix+tls://collector.example:4740', 'tls'],
  ])('%s travels by %s', (url, transport) => {
    expect(parseTarget(url)).toMatchObject({ protocol: 'ipfix', transport });
  });

  it('takes the path of a file as it is', () => {
    expect(parseTarget('file:///var/flows/%H.ipfix').path).toBe('/var/flows/%H.ipfix');
    expect(parseTarget('file://a b.ipfix').path).toBe('a b.ipfix');
  });

  it.each([
    'netflow7://a:1',
    'netflow9://a',
    'netflow9://a:0',
    'netflow9://a:65536',
    'netflow9://::1:2055',
    'netflow9+tcp://a:1',
    'file:///flows.pcap',
    'file://',
    'a:2055',
    '',
  ])('refuses %j with a stable code', (url) => {
    expect(() => parseTarget(url)).toThrow(
      expect.objectContaining({ code: 'WEIR_PROBE_BAD_EXPORT_TARGET' }),
    );
  });
});

describe('parseTargets', () => {
  it('refuses the same target twice, also when it is spelt differently', () => {
    for (const again of ['ipfix://Host:4739', 'ipfix://host:4739/', 'ipfix://host:04739']) {
      expect(() => parseTargets(['ipfix://host:4739', again])).toThrow(
        expect.objectContaining({ code: 'WEIR_PROBE_DUPLICATE_TARGET' }),
      );
    }
    expect(parseTargets(['ipfix://host:4739', 'ipfix+tcp://host:4739'])).toHaveLength(2);
  });
});

describe('transportOptions', () => {
  const config = { exportMtuBytes: 1500, exportBufferBytes: 1 << 20 } as ProbeConfig;

  it('refuses a series of files of one name', () => {
    const rotating = { ...config, exportRotateSeconds: 60 };
    expect(() => transportOptions(rotating, parseTargets(['file:///x.ipfix']))).toThrow(
      expect.objectContaining({ code: 'WEIR_PROBE_CONSTANT_FILE_NAME' }),
    );
    expect(transportOptions(rotating, parseTargets(['file:///%M.ipfix'])).rotateMs).toBe(60_000);
  });

  it('refuses a certificate without its key', () => {
    expect(() => transportOptions({ ...config, exportCertificate: 'a.pem' }, [])).toThrow(
      expect.objectContaining({ code: 'WEIR_PROBE_CERTIFICATE_WITHOUT_KEY' }),
    );
  });
});
