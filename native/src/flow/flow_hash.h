// SPDX-License-Identifier: Apache-2.0
// Seeded hash of flow keys. The seed is random per table: whoever sends the packets cannot choose
// keys that collide.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "decode/flow_key.h"

namespace weir {

class FlowHash {
 public:
  using Seed = std::array<uint64_t, 6>;

  explicit FlowHash(const Seed& seed) : seed_(seed) {}

  /// A seed from the operating system's random source.
  static Seed randomSeed();

  [[nodiscard]] uint32_t operator()(const FlowKey& key) const {
    std::array<uint64_t, 6> word;
    std::memcpy(word.data(), &key, sizeof word);
    const uint64_t low = fold(word[0] ^ seed_[0], word[1] ^ seed_[1]);
    const uint64_t high = fold(word[2] ^ seed_[2], word[3] ^ seed_[3]);
    const uint64_t rest = fold(word[4] ^ seed_[4], word[5] ^ seed_[5]);
    const uint64_t mixed = fold(low ^ rest, high ^ seed_[0]);
    return static_cast<uint32_t>(mixed ^ (mixed >> 32U));
  }

 private:
  // Both halves of the 128-bit product: one multiplication mixes every bit into every other.
  static uint64_t fold(uint64_t left, uint64_t right) {
    const auto product = static_cast<unsigned __int128>(left) * right;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64U);
  }

  Seed seed_;
};

}  // namespace weir
