// SPDX-License-Identifier: Apache-2.0
// For unit tests only: payloads that say little or nothing of what they are, as the middle of
// other protocols' connections has them. Whoever claims them with certainty claims anything.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "classify/signature.h"

namespace weir::testing {

using Octets = std::vector<uint8_t>;

/// Puts a payload together from random parts; the same seed gives the same payloads.
class PayloadMaker {
 public:
  explicit PayloadMaker(uint32_t seed) : random_(seed) {}

  uint32_t below(uint32_t bound) { return static_cast<uint32_t>(random_() % bound); }

  uint32_t oneOf(std::initializer_list<uint32_t> values) {
    return values.begin()[below(static_cast<uint32_t>(values.size()))];
  }

  /// Often small, as most datagrams are.
  uint32_t size() { return 12 + below(oneOf({52, 188, 1388})); }

  PayloadMaker& octets(std::initializer_list<uint32_t> values) {
    for (const uint32_t value : values) made_.push_back(static_cast<uint8_t>(value));
    return *this;
  }
  PayloadMaker& noise(uint32_t length) {
    for (; length > 0; --length) made_.push_back(static_cast<uint8_t>(random_()));
    return *this;
  }
  PayloadMaker& bigEndian(uint64_t value, uint32_t length) {
    while (length > 0) {
      --length;
      made_.push_back(length < 8 ? static_cast<uint8_t>(value >> (8 * length)) : uint8_t{0});
    }
    return *this;
  }
  PayloadMaker& littleEndian(uint64_t value, uint32_t length) {
    for (; length > 0; --length, value >>= 8) made_.push_back(static_cast<uint8_t>(value));
    return *this;
  }
  /// Counters, flags and numbers, mostly small.
  uint32_t word() { return oneOf({0, 1, below(256), below(1U << 16), random()}); }

  Octets take() { return std::exchange(made_, {}); }

 private:
  uint32_t random() { return static_cast<uint32_t>(random_()); }

  std::mt19937 random_;
  Octets made_;
};

struct ForeignPayload {
  std::string name;
  Transport transport;
  std::string application;  ///< may name it; empty: nobody may
  std::function<void(PayloadMaker&)> make;
};

/// What passes in the middle of flows whose beginning nobody saw.
inline std::vector<ForeignPayload> encryptedDatagrams() {
  const auto udp = Transport::UDP;
  return {
      {"random octets", udp, "", [](PayloadMaker& out) { out.noise(out.size()); }},
      {"random octets of common sizes", udp, "",
       [](PayloadMaker& out) {
         out.noise(
             out.oneOf({20, 24, 28, 32, 36, 45, 48, 64, 72, 74, 92, 148, 172, 252, 332, 516}));
       }},
      {"WireGuard transport data", udp, "WireGuard",
       [](PayloadMaker& out) {
         const uint32_t counter = out.below(out.oneOf({256, 1U << 16, 1U << 28}));
         out.octets({4, 0, 0, 0}).noise(4).littleEndian(counter, 8).noise(16 * (1 + out.below(88)));
       }},
      {"OpenVPN P_DATA_V2", udp, "OpenVPN",
       [](PayloadMaker& out) {
         out.octets({0x48 | out.below(8)}).bigEndian(out.below(200), 3);
         out.bigEndian(out.below(1U << 16), 4).noise(16 + out.size());
       }},
      {"OpenVPN P_DATA_V1", udp, "OpenVPN",
       [](PayloadMaker& out) { out.octets({0x30 | out.below(8)}).noise(28 + out.size()); }},
      {"QUIC short header", udp, "QUIC",
       [](PayloadMaker& out) { out.octets({0x40 | out.below(64)}).noise(20 + out.size()); }},
      {"uTP data", udp, "BitTorrent",
       [](PayloadMaker& out) {
         out.octets({out.oneOf({0x01, 0x01, 0x21, 0x11}), 0}).noise(6);
         out.bigEndian(out.below(1U << 20), 4).bigEndian(out.below(1U << 20), 4).noise(4);
         out.noise(out.oneOf({0, out.size()}));
       }},
      {"RTP", udp, "RTP",
       [](PayloadMaker& out) {
         const uint32_t type = out.oneOf({0, 8, 9, 18, 33, 34, 96, 98, 101, 111, 120});
         out.octets({0x80, type | (out.below(2) << 7)}).noise(10);
         out.noise(out.oneOf({20, 33, 80, 160, 240, out.size()}));
       }},
      {"RTP with an extension", udp, "RTP",
       [](PayloadMaker& out) {
         out.octets({0x90, 96 + out.below(16)}).noise(10).octets({0xbe, 0xde, 0, 1});
         out.noise(out.size());
       }},
      {"ESP in UDP", udp, "IPSec",
       [](PayloadMaker& out) {
         out.noise(4).bigEndian(out.below(5000), 4).noise(12 + 16 * (1 + out.below(80)));
       }},
  };
}

/// Streams from their middle on, or of protocols nobody wrote down.
inline std::vector<ForeignPayload> foreignStreams() {
  const auto tcp = Transport::TCP;
  const auto messages = [](uint32_t lengthOctets, auto put) {
    return [lengthOctets, put](PayloadMaker& out) {
      for (int message = 0; message < 3; ++message) {
        const uint32_t size = out.size();
        put(out, size, lengthOctets);
        out.noise(size);
      }
    };
  };
  const auto big = [](PayloadMaker& out, uint32_t value, uint32_t length) {
    out.bigEndian(value, length);
  };
  const auto little = [](PayloadMaker& out, uint32_t value, uint32_t length) {
    out.littleEndian(value, length);
  };
  return {
      {"random octets", tcp, "", [](PayloadMaker& out) { out.noise(32 + out.size()); }},
      {"a length of 2 octets", tcp, "", messages(2, big)},
      {"a length of 2 octets, little-endian", tcp, "", messages(2, little)},
      {"a length of 4 octets", tcp, "", messages(4, big)},
      {"a length of 4 octets, little-endian", tcp, "", messages(4, little)},
      {"TLS application data", tcp, "TLS",
       [](PayloadMaker& out) {
         out.octets({0x17, 3, 3}).bigEndian(19 + out.below(16'000), 2).noise(400);
       }},
      {"OpenVPN P_DATA_V2 over TCP", tcp, "OpenVPN",
       [](PayloadMaker& out) {
         for (int packet = 0; packet < 3; ++packet) {
           const uint32_t size = 16 + out.size();
           out.bigEndian(8 + size, 2).octets({0x48}).bigEndian(out.below(200), 3);
           out.bigEndian(256 + out.below(1U << 24), 4).noise(size);
         }
       }},
  };
}

/// Protocols of counters and flags: rich in zeros and small numbers, as many that are specified.
inline std::vector<ForeignPayload> smallNumbers() {
  const auto small = [](PayloadMaker& out) {
    for (uint32_t left = 12 + out.below(40); left > 0; --left) {
      out.octets({out.oneOf({0, 0, 0, 1, 2, 3, out.below(256)})});
    }
  };
  const auto words = [](auto put) {
    return [put](PayloadMaker& out) {
      for (uint32_t left = 4 + out.below(30); left > 0; --left) put(out, out.word());
    };
  };
  const auto big = [](PayloadMaker& out, uint32_t word) { out.bigEndian(word, 4); };
  const auto little = [](PayloadMaker& out, uint32_t word) { out.littleEndian(word, 4); };
  const auto padded = [](PayloadMaker& out) {
    out.noise(1 + out.below(60)).bigEndian(0, 1 + out.below(60));
  };
  std::vector<ForeignPayload> kinds;
  for (const Transport transport : {Transport::UDP, Transport::TCP}) {
    kinds.push_back({"small octets", transport, "", small});
    kinds.push_back({"words", transport, "", words(big)});
    kinds.push_back({"little-endian words", transport, "", words(little)});
    kinds.push_back({"noise, then zeros", transport, "", padded});
  }
  return kinds;
}

}  // namespace weir::testing
