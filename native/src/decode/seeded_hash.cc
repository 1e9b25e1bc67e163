// SPDX-License-Identifier: Apache-2.0
#include "decode/seeded_hash.h"

#include <random>

namespace weir {

SeededHash::Seed SeededHash::randomSeed() {
  std::random_device device;
  Seed seed;
  for (uint64_t& word : seed) word = (static_cast<uint64_t>(device()) << 32U) | device();
  return seed;
}

}  // namespace weir
