// SPDX-License-Identifier: Apache-2.0
// Debian packages that Weir needs, and what for.

/** To build and run the probe. */
export const RUN_PACKAGES = [
  'g++', // the addon
  'make',
  'python3', // node-gyp
  'libhyperscan-dev', // the software matcher
  'libgnutls28-dev', // IPFIX over TLS
  'nettle-dev', // reads QUIC's first packets
  'libmaxminddb-dev', // GeoIP files
];

/** What looks at the dashboard. */
export const BROWSER_PACKAGES = ['chromium'];

/** To run all tests as well. */
export const TEST_PACKAGES = [
  'cmake',
  'ninja-build',
  'doctest-dev', // C++ unit tests
  'libpcre2-dev', // the oracle of the matchers
  'libpcap-dev', // the bench's tools
  'clang-14', // libFuzzer
  'libclang-rt-14-dev',
  'clang-format',
  'clang-tidy',
  'procps',
  'iproute2', // network namespaces of the end-to-end tests
  'ethtool',
  'nftables',
  'conntrack', // what the gateway clears marks with
  'tcpdump',
  'tshark', // referees
  'softflowd',
  'nfdump',
  'tcpreplay',
  'curl', // hosts of the end-to-end tests
  'iperf3',
  'iputils-ping',
  'nginx-light',
  'opentracker',
  'transmission-daemon',
  'transmission-cli',
  'influxdb', // takes the collector's time series
  'redis-server', // between collectors
  'fish', // completes the command
  'clickhouse-server', // takes the collector's records, as far as 18.16 can
  ...BROWSER_PACKAGES,
  'fonts-dejavu-core', // names in Latin, Cyrillic, Greek and Arabic letters
  'fonts-droid-fallback', // and in those of East Asia
  'pngquant', // makes its pictures for the documentation small
];

/** To measure beside peers (npm run bench). */
export const BENCH_PACKAGES = [
  'cmake',
  'ninja-build',
  'libpcap-dev',
  'iproute2',
  'ethtool', // the loop's laboratory
  'nftables',
  'conntrack',
  'iperf3', // shaped rates
  'ipset', // the gateway's peer
  'tcpdump',
  'softflowd',
  'pmacct',
  'nfdump', // nfpcapd
  'libndpi-bin', // ndpiReader
];
