// SPDX-License-Identifier: Apache-2.0
// tracecount FILE: what a capture holds, counted exactly and without the trace maker's code, as
// JSON. Flows are bidirectional 5-tuples; what is neither TCP, UDP nor SCTP has no ports.
#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "bytes.h"

namespace {

using bench::readBe16;
using bench::readBe32;

/// Address and port of each side, protocol. Compared whole: nothing rests on a hash.
struct Key {
  std::array<uint8_t, 18> from{};
  std::array<uint8_t, 18> to{};
  uint8_t protocol = 0;
  uint8_t version = 0;
  bool operator==(const Key&) const = default;
};

struct KeyHash {
  size_t operator()(const Key& key) const {
    uint64_t hash = key.protocol;
    for (const auto& side : {key.from, key.to}) {
      std::array<uint64_t, 3> words{};
      std::memcpy(words.data(), side.data(), side.size());
      for (const uint64_t word : words) hash = bench::scramble(hash ^ word);
    }
    return hash;
  }
};

/// What the fragments of one datagram have in common.
struct Datagram {
  Key addresses;
  uint32_t id = 0;
  bool operator==(const Datagram&) const = default;
};

struct DatagramHash {
  size_t operator()(const Datagram& datagram) const {
    return bench::scramble(KeyHash{}(datagram.addresses) ^ datagram.id);
  }
};

Key bidirectional(Key key) {
  if (key.to < key.from) std::swap(key.from, key.to);
  return key;
}

struct Counts {
  uint64_t packets = 0;
  uint64_t octets = 0;
  uint64_t ipPackets = 0;
  uint64_t ipOctets = 0;
  uint64_t ipv6Packets = 0;
  uint64_t laterFragments = 0;
  uint64_t outOfOrder = 0;
  int64_t firstUs = 0;
  int64_t lastUs = 0;
};

class Counter {
 public:
  void take(const pcap_pkthdr& header, const uint8_t* data) {
    const int64_t timeUs = header.ts.tv_sec * 1000000LL + header.ts.tv_usec;
    if (counts_.packets == 0) counts_.firstUs = timeUs;
    if (timeUs < counts_.lastUs) ++counts_.outOfOrder;
    counts_.lastUs = std::max(counts_.lastUs, timeUs);
    ++counts_.packets;
    counts_.octets += header.len;
    takeEthernet(data, data + header.caplen);
  }

  void print() const {
    std::printf("{\"packets\":%lu,\"octets\":%lu,\"meanOctets\":%.1f,", counts_.packets,
                counts_.octets, static_cast<double>(counts_.octets) / counts_.packets);
    std::printf("\"ipPackets\":%lu,\"ipOctets\":%lu,\"ipv6Packets\":%lu,", counts_.ipPackets,
                counts_.ipOctets, counts_.ipv6Packets);
    std::printf("\"laterFragments\":%lu,\"outOfOrder\":%lu,", counts_.laterFragments,
                counts_.outOfOrder);
    std::printf("\"flows\":%zu,\"uniflows\":%zu,", flows_.size(), uniflows_.size());
    std::printf("\"flowsFragmentsApart\":%zu,\"uniflowsFragmentsApart\":%zu,", flowsApart_.size(),
                uniflowsApart_.size());
    std::printf("\"seconds\":%.6f}\n", (counts_.lastUs - counts_.firstUs) / 1e6);
  }

 private:
  void takeEthernet(const uint8_t* frame, const uint8_t* end) {
    const uint8_t* type = frame + 12;
    while (type + 6 <= end && (readBe16(type) == 0x8100 || readBe16(type) == 0x88a8)) type += 4;
    const uint8_t* ip = type + 2;
    if (ip + 20 > end) return;
    if (readBe16(type) == 0x0800) takeIpv4(ip, end);
    if (readBe16(type) == 0x86dd && ip + 40 <= end) takeIpv6(ip, end);
  }

  void takeIpv4(const uint8_t* ip, const uint8_t* end) {
    Key key{.protocol = ip[9], .version = 4};
    std::memcpy(key.from.data(), ip + 12, 4);
    std::memcpy(key.to.data(), ip + 16, 4);
    const uint32_t fragment = readBe16(ip + 6);
    counts_.ipOctets += readBe16(ip + 2);
    takeIp(key, ip + (ip[0] & 15) * 4, end, fragment & 0x1fff, fragment & 0x2000, readBe16(ip + 4));
  }

  void takeIpv6(const uint8_t* ip, const uint8_t* end) {
    Key key{.protocol = ip[6], .version = 6};
    std::memcpy(key.from.data(), ip + 8, 16);
    std::memcpy(key.to.data(), ip + 24, 16);
    counts_.ipOctets += readBe16(ip + 4) + 40;
    ++counts_.ipv6Packets;
    const uint8_t* at = ip + 40;
    uint32_t offset = 0;
    uint32_t more = 0;
    uint32_t id = 0;
    while (at + 8 <= end && (key.protocol == 0 || key.protocol == 60 || key.protocol == 44)) {
      const bool isFragment = key.protocol == 44;
      if (isFragment) {
        offset = readBe16(at + 2) & 0xfff8;
        more = readBe16(at + 2) & 1;
        id = readBe32(at + 4);
      }
      key.protocol = at[0];
      at += isFragment ? 8 : (at[1] + 1) * 8;
      if (offset != 0) break;
    }
    takeIp(key, at, end, offset, more, id);
  }

  void takeIp(Key key, const uint8_t* transport, const uint8_t* end, uint32_t offset, uint32_t more,
              uint32_t id) {
    ++counts_.ipPackets;
    const Key addresses = key;
    const bool hasPorts = key.protocol == 6 || key.protocol == 17 || key.protocol == 132;
    if (hasPorts && offset == 0 && transport + 4 <= end) {
      std::memcpy(key.from.data() + 16, transport, 2);
      std::memcpy(key.to.data() + 16, transport + 2, 2);
    }
    apart(key);
    if (offset != 0) {
      ++counts_.laterFragments;
      const auto first = fragments_.find({addresses, id});
      if (first != fragments_.end()) key = first->second;
    } else if (more != 0) {
      fragments_[{addresses, id}] = key;
    }
    uniflows_.insert(key);
    flows_.insert(bidirectional(key));
  }

  /// As programs see flows that do not put fragments together.
  void apart(const Key& key) {
    uniflowsApart_.insert(key);
    flowsApart_.insert(bidirectional(key));
  }

  Counts counts_;
  std::unordered_set<Key, KeyHash> flows_;
  std::unordered_set<Key, KeyHash> uniflows_;
  std::unordered_set<Key, KeyHash> flowsApart_;
  std::unordered_set<Key, KeyHash> uniflowsApart_;
  std::unordered_map<Datagram, Key, DatagramHash> fragments_;
};

}  // namespace

int main(int count, char** values) {
  if (count != 2) {
    std::fputs("usage: tracecount FILE\n", stderr);
    return 2;
  }
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  pcap_t* pcap = pcap_open_offline(values[1], error.data());
  if (pcap == nullptr || pcap_datalink(pcap) != DLT_EN10MB) {
    std::fprintf(stderr, "tracecount: %s\n", pcap ? "not Ethernet" : error.data());
    return 1;
  }
  Counter counter;
  pcap_pkthdr* header = nullptr;
  const uint8_t* data = nullptr;
  int result = 0;
  while ((result = pcap_next_ex(pcap, &header, &data)) == 1) counter.take(*header, data);
  if (result == PCAP_ERROR) std::fprintf(stderr, "tracecount: %s\n", pcap_geterr(pcap));
  counter.print();
  pcap_close(pcap);
  return result == PCAP_ERROR ? 1 : 0;
}
