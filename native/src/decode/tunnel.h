// SPDX-License-Identifier: Apache-2.0
// Looks for a packet inside of a packet: GRE, IP in IP, VXLAN, GENEVE, GTP-U. Pure, out of line.
#pragma once

#include <array>
#include <cstdint>

#include "capture/link_layer.h"
#include "decode/flow_key.h"
#include "decode/network_layer.h"
#include "decode/transport_layer.h"

namespace weir {

/// Which kinds of tunnels are entered.
class TunnelSet {
 public:
  static constexpr TunnelSet all() { return TunnelSet(0xff); }
  static constexpr TunnelSet none() { return TunnelSet(0); }

  constexpr void add(Tunnel kind) { bits_ |= bit(kind); }
  [[nodiscard]] constexpr bool has(Tunnel kind) const { return (bits_ & bit(kind)) != 0; }

 private:
  explicit constexpr TunnelSet(uint8_t bits) : bits_(bits) {}
  static constexpr uint8_t bit(Tunnel kind) {
    return static_cast<uint8_t>(1U << static_cast<uint8_t>(kind));
  }

  uint8_t bits_;
};

/// What became of a packet that may hold another one. All but the first two are counted: the packet
/// then belongs to the tunnel's own flow. Names are what `--stats` shows.
enum class TunnelOutcome : uint8_t {
  NO_TUNNEL = 0,   ///< of no kind that is to be entered
  ENTERED,         ///< the inner packet has all it takes to be a flow's
  UNKNOWN_HEADER,  ///< an unknown version or flag, or no tunnel at all
  NON_IP,          ///< ARP and the like, control messages, keepalives
  TRUNCATED,       ///< by the snap length, or by the fragmentation of the outer packet
  MALFORMED,       ///< the inner IP or transport header is no such thing
  TOO_DEEP,        ///< one more tunnel in the deepest that is entered
  COUNT,
};

/// camelCase name for statistics, e.g. "unknownHeader".
const char* tunnelOutcomeName(TunnelOutcome outcome);

using TunnelCounters = std::array<uint64_t, static_cast<size_t>(TunnelOutcome::COUNT)>;

/// A network's number, and the tunnel whose header said it. Networks' addresses overlap, so it
/// counts for all that is inside, up to a tunnel that names another network.
struct Segment {
  uint32_t id = 0;
  Tunnel tunnel = Tunnel::NONE;
};

/// The headers of one packet, and the tunnel that it was found in.
struct Layers {
  LinkLayer link;
  NetworkLayer ip;
  TransportLayer transport;
  Segment segment;
  Tunnel tunnel = Tunnel::NONE;
  bool insideFragment = false;  ///< an enclosing packet is a first fragment: the rest comes later
};

/// `outer` is sound and no later fragment. Fills `inner` when the outcome is ENTERED.
TunnelOutcome enterTunnel(const Layers& outer, TunnelSet kinds, Layers& inner);

}  // namespace weir
