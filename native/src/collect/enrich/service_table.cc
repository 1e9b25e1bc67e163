// SPDX-License-Identifier: Apache-2.0
#include "collect/enrich/service_table.h"

#include <algorithm>

namespace weir::collect {

namespace {

constexpr size_t PROTOCOLS = 256;
constexpr size_t PORTS = 65'536;

}  // namespace

ServiceTable::ServiceTable(std::span<const ServiceConfig> services) {
  if (services.empty()) return;
  byProtocol_.resize(PROTOCOLS);
  const size_t most = std::min<size_t>(services.size(), NONE);
  for (uint16_t position = 0; position < most; ++position) {
    const ServiceConfig& service = services[position];
    Protocol& protocol = byProtocol_[service.protocol];
    if (service.port == 0) {
      protocol.anyPort = position;
    } else {
      if (protocol.byPort.empty()) protocol.byPort.assign(PORTS, NONE);
      protocol.byPort[service.port] = position;
    }
  }
}

uint16_t ServiceTable::find(uint8_t protocol, Ports ports) const noexcept {
  const Protocol& entry = byProtocol_[protocol];
  const auto [low, high] = std::minmax(ports.source, ports.destination);
  const uint16_t byLow = at(entry, low);
  if (byLow != NONE) return byLow;
  const uint16_t byHigh = at(entry, high);
  return byHigh != NONE ? byHigh : entry.anyPort;
}

}  // namespace weir::collect
