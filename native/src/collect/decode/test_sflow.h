// SPDX-License-Identifier: Apache-2.0
// sFlow version 5 datagrams written octet by octet (https://sflow.org/sflow_version_5.txt).
#pragma once

#include "collect/decode/test_messages.h"

namespace weir::collect::test {

inline Octets sflow(const std::vector<Octets>& samples, uint32_t sequence = 1) {
  Octets all = bytes({{5, 4}, {1, 4}, {0xc0000209, 4}, {7, 4}, {sequence, 4}, {1000, 4}});
  put(all, samples.size(), 4);
  for (const Octets& sample : samples) append(all, sample);
  return all;
}

inline Octets tagged(uint32_t format, const Octets& content) {
  Octets all = bytes({{format, 4}, {content.size(), 4}});
  append(all, content);
  all.resize((all.size() + 3) / 4 * 4);
  return all;
}

inline Octets flowSample(const std::vector<Octets>& records) {
  Octets all = bytes({{1, 4}, {3, 4}, {512, 4}, {5120, 4}, {0, 4}, {3, 4}, {4, 4}});
  put(all, records.size(), 4);
  for (const Octets& record : records) append(all, record);
  return tagged(1, all);
}

inline Octets expandedSample(const std::vector<Octets>& records) {
  Octets all = bytes(
      {{1, 4}, {0, 4}, {3, 4}, {64, 4}, {0, 4}, {0, 4}, {0, 4}, {70000, 4}, {1, 4}, {256, 4}});
  put(all, records.size(), 4);
  for (const Octets& record : records) append(all, record);
  return tagged(3, all);
}

/// Ethernet with one tag, IPv4 of 100 octets, TCP 443 to 50000 with SYN and ACK.
inline Octets tcpFrame() {
  Octets frame(12, 0);
  append(frame, bytes({{0x8100, 2}, {0x2064, 2}, {0x0800, 2}}));
  append(frame, bytes({{0x45b8, 2}, {100, 2}, {0, 4}, {64, 1}, {6, 1}, {0, 2}}));
  append(frame, bytes({{0x0a000001, 4}, {0x0a000002, 4}, {443, 2}, {50000, 2}, {1, 4}, {2, 4}}));
  append(frame, bytes({{0x5012, 2}, {0xffff, 2}}));
  return frame;
}

inline Octets rawHeader(const Octets& frame, uint32_t protocol = 1) {
  Octets all = bytes({{protocol, 4}, {122, 4}, {4, 4}, {frame.size(), 4}});
  append(all, frame);
  return tagged(1, all);
}

}  // namespace weir::collect::test
