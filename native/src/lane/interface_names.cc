// SPDX-License-Identifier: Apache-2.0
#include "lane/interface_names.h"

#include <net/if.h>

#include <fstream>
#include <string>

namespace weir {

namespace {

/// What `ip link set NAME alias TEXT` has set; often empty.
std::string aliasOf(const std::string& name) {
  std::ifstream file("/sys/class/net/" + name + "/ifalias");
  std::string alias;
  std::getline(file, alias);
  return alias;
}

}  // namespace

std::vector<InterfaceRow> interfaceNames(const SourceOptions& source) {
  const auto* live = std::get_if<PacketRingOptions>(&source);
  if (live == nullptr) return {};
  const std::string& name = live->interfaceName;
  const uint32_t index = if_nametoindex(name.c_str());
  if (index == 0) return {};  // gone
  return {{index, name, aliasOf(name)}};
}

}  // namespace weir
