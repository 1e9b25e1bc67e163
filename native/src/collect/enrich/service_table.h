// SPDX-License-Identifier: Apache-2.0
// Which service a port or a protocol is usually for. Immutable; any number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "collect/enrich/enrichment_config.h"

namespace weir::collect {

class ServiceTable {
 public:
  static constexpr uint16_t NONE = UINT16_MAX;

  struct Ports {
    uint16_t source;
    uint16_t destination;
  };

  ServiceTable() = default;

  /// At most 65,535; of two for one port the last counts.
  explicit ServiceTable(std::span<const ServiceConfig> services);

  [[nodiscard]] bool isEmpty() const noexcept { return byProtocol_.empty(); }

  /// Position of the service, NONE where the list has none. Where both ports are known ones it is
  /// the lower: services with low numbers are the ones that others run beside.
  [[nodiscard]] uint16_t find(uint8_t protocol, Ports ports) const noexcept;

 private:
  struct Protocol {
    uint16_t anyPort = NONE;
    std::vector<uint16_t> byPort;  ///< empty, or one for each port
  };

  [[nodiscard]] static uint16_t at(const Protocol& protocol, uint16_t port) noexcept {
    return protocol.byPort.empty() ? NONE : protocol.byPort[port];
  }

  std::vector<Protocol> byProtocol_;
};

}  // namespace weir::collect
