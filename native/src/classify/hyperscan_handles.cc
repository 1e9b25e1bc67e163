// SPDX-License-Identifier: Apache-2.0
#include "classify/hyperscan_handles.h"

#include <cstdlib>

namespace weir {

std::string hsCacheKey(unsigned mode) {
  hs_platform_info_t platform{};
  hs_populate_platform(&platform);
  return std::string(hs_version()) + '\n' + std::to_string(platform.tune) + ' ' +
         std::to_string(platform.cpu_features) + ' ' + std::to_string(mode) + '\n';
}

HsDatabasePtr hsDeserialize(std::string_view content) {
  hs_database_t* database = nullptr;
  if (!content.empty()) hs_deserialize_database(content.data(), content.size(), &database);
  return HsDatabasePtr(database);
}

std::string hsSerialize(const hs_database_t* database) {
  char* octets = nullptr;
  size_t length = 0;
  if (hs_serialize_database(database, &octets, &length) != HS_SUCCESS) return {};
  std::string content(octets, length);
  std::free(octets);  // NOLINT: allocated by Hyperscan's default allocator, malloc
  return content;
}

}  // namespace weir
