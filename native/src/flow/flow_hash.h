// SPDX-License-Identifier: Apache-2.0
// Seeded hash of flow keys, as wide as the flow index keeps it.
#pragma once

#include <cstdint>

#include "decode/flow_key.h"
#include "decode/seeded_hash.h"

namespace weir {

class FlowHash {
 public:
  using Seed = SeededHash::Seed;

  static Seed randomSeed() { return SeededHash::randomSeed(); }

  explicit FlowHash(const Seed& seed) : hash_(seed) {}

  [[nodiscard]] uint32_t operator()(const FlowKey& key) const {
    const uint64_t mixed = hash_(key);
    return static_cast<uint32_t>(mixed ^ (mixed >> 32U));
  }

 private:
  SeededHash hash_;
};

}  // namespace weir
