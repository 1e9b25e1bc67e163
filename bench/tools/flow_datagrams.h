// SPDX-License-Identifier: Apache-2.0
// Datagrams of flow records, made once and sent again and again: only sequence numbers and times
// are written anew.
#pragma once

#include <cstdint>
#include <ctime>
#include <span>
#include <string>
#include <vector>

namespace weir::bench {

struct FlowDatagram {
  std::span<const uint8_t> octets;
  size_t flows = 0;
};

class Datagrams {
 public:
  /// netflow5, netflow9, ipfix or sflow5; ends the process for another.
  explicit Datagrams(const std::string& protocol);

  /// The next one, its sequence number written. What was given stays as it is until as many more
  /// have been given as there are.
  FlowDatagram next();

  /// Seconds since the epoch, of the datagrams to come.
  void setTime(time_t seconds) { seconds_ = static_cast<uint32_t>(seconds); }

 private:
  struct Made {
    std::vector<uint8_t> octets;
    size_t flows = 0;
  };
  enum class Protocol : uint8_t { NETFLOW5, NETFLOW9, IPFIX, SFLOW5 };

  static Protocol protocolOf(const std::string& name);
  void make(size_t number);
  void makeNetflow5(size_t number);
  void makeTemplated(size_t number);
  void makeSflow5(size_t number);
  void stamp(Made& made);

  Protocol protocol_;
  std::vector<Made> all_;
  size_t next_ = 0;
  uint32_t sequence_ = 0;
  uint32_t seconds_ = 0;
};

}  // namespace weir::bench
