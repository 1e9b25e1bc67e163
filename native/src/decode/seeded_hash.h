// SPDX-License-Identifier: Apache-2.0
// Hash of keys that come from packets. The seed is random per table: whoever sends the packets
// cannot choose keys that collide.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace weir {

class SeededHash {
 public:
  using Seed = std::array<uint64_t, 6>;

  explicit SeededHash(const Seed& seed) : seed_(seed) {}

  /// A seed from the operating system's random source.
  static Seed randomSeed();

  /// `Key` is four or six words without padding.
  template <typename Key>
  [[nodiscard]] uint64_t operator()(const Key& key) const {
    static_assert(std::has_unique_object_representations_v<Key>);
    static_assert(sizeof(Key) == 4 * sizeof(uint64_t) || sizeof(Key) == 6 * sizeof(uint64_t));
    std::array<uint64_t, sizeof(Key) / sizeof(uint64_t)> word;
    std::memcpy(word.data(), &key, sizeof word);
    uint64_t low = fold(word[0] ^ seed_[0], word[1] ^ seed_[1]);
    const uint64_t high = fold(word[2] ^ seed_[2], word[3] ^ seed_[3]);
    if constexpr (word.size() == 6) low ^= fold(word[4] ^ seed_[4], word[5] ^ seed_[5]);
    return fold(low, high ^ seed_[0]);
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
