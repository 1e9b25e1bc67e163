// SPDX-License-Identifier: Apache-2.0
// One export message while it is decoded.
#pragma once

#include <optional>

#include "collect/decode/decoder.h"
#include "collect/decode/octet_order.h"

namespace weir::collect {

struct Decoder::Message {
  const DatagramView& datagram;
  FlowColumns& to;
  std::vector<Segment>& segments;
  ExporterDomain* domain = nullptr;
  ExportTime time;
  /// Data records of all sets so far; nothing when some cannot be counted.
  std::optional<uint32_t> units = 0;
  /// Rows that a rate limit passed over, those of sets that waited included.
  size_t passedOver = 0;

  [[nodiscard]] const uint8_t* begin() const { return datagram.octets.data(); }
  [[nodiscard]] const uint8_t* end() const { return begin() + datagram.octets.size(); }
  [[nodiscard]] size_t size() const { return datagram.octets.size(); }
  [[nodiscard]] uint32_t at32(size_t offset) const { return load32(begin() + offset); }
  [[nodiscard]] uint16_t at16(size_t offset) const { return load16(begin() + offset); }
  [[nodiscard]] RecordSet set(const uint8_t* from, const uint8_t* to) const {
    return {*domain, from, to, time, datagram.standsFor};
  }
};

}  // namespace weir::collect
