// SPDX-License-Identifier: Apache-2.0
#include "capture/offload_check.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <cstdint>

namespace weir {
namespace {

/// The value that `command` reads, 0 where there is none.
uint32_t ethtoolValue(const Fd& socket, const std::string& interfaceName, uint32_t command) {
  ethtool_value value{.cmd = command};
  ifreq request{};
  interfaceName.copy(request.ifr_name, sizeof request.ifr_name - 1);
  request.ifr_data = reinterpret_cast<char*>(&value);
  return ::ioctl(socket.get(), SIOCETHTOOL, &request) == 0 ? value.data : 0;
}

}  // namespace

std::vector<std::string> offloadWarnings(const Fd& socket, const std::string& interfaceName) {
  std::string merging;
  if (ethtoolValue(socket, interfaceName, ETHTOOL_GGRO) != 0) merging = "gro";
  if ((ethtoolValue(socket, interfaceName, ETHTOOL_GFLAGS) & ETH_FLAG_LRO) != 0)
    merging += merging.empty() ? "lro" : " and lro";
  if (merging.empty()) return {};
  return {interfaceName + " merges packets before they are captured (" + merging +
          "), so fewer and larger ones are counted than were on the wire; turn it off with: "
          "ethtool -K " +
          interfaceName + " gro off lro off"};
}

}  // namespace weir
