// SPDX-License-Identifier: Apache-2.0
#include "flow/flow_hash.h"

#include <random>

namespace weir {

FlowHash::Seed FlowHash::randomSeed() {
  std::random_device device;
  Seed seed;
  for (uint64_t& word : seed) word = (static_cast<uint64_t>(device()) << 32U) | device();
  return seed;
}

}  // namespace weir
