// SPDX-License-Identifier: Apache-2.0
// What addresses are called: DNS answers are remembered, so that a later flow to an address that
// says no name of its own still gets one. Of bounded size: the least lately used names of a set are
// forgotten first. Owned by one lane, which overhears the answers that other lanes count.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "capture/lane_partition.h"
#include "decode/flow_key.h"
#include "decode/seeded_hash.h"
#include "dissect/dns_message.h"

namespace weir {

/// Seeded: names are whatever an answer says.
class NameHash {
 public:
  explicit NameHash(const SeededHash::Seed& seed) : hash_(seed) {}
  size_t operator()(std::string_view name) const;

 private:
  SeededHash hash_;
};

class NameCache {
 public:
  /// Of packet time, from the answer. Applications keep an address in use for longer than a short
  /// time to live says, and a long one outlives what is hosted at the address.
  static constexpr int64_t LIFETIME_MIN_NS = 60'000'000'000;
  static constexpr int64_t LIFETIME_MAX_NS = 3'600'000'000'000;

  /// Takes its memory (64 octets an entry) with the first name that it learns. An answer takes two
  /// entries for each address. Each name is kept once. `entriesMax` is rounded down to sets of
  /// four.
  explicit NameCache(uint32_t entriesMax, const SeededHash::Seed& seed = SeededHash::randomSeed());

  /// Remembers the addresses of a response to `client` by the name that was asked for; of one that
  /// not all lanes hear for that client alone.
  void learn(const IpAddress& client, const DnsMessage& message, int64_t nowNs,
             Audience audience = Audience::ALL_LANES);

  /// The name that `client` asked for and got `server`; else one that anybody did; else null. Valid
  /// until the next call of `learn`.
  [[nodiscard]] const std::string* find(const IpAddress& client, const IpAddress& server,
                                        int64_t nowNs) const;

  /// Different names that are kept.
  [[nodiscard]] size_t nameCount() const { return names_.size(); }

 private:
  static constexpr size_t WAYS = 4;
  static constexpr IpAddress ANYBODY{};

  struct Key {
    IpAddress client;
    IpAddress server;
    bool operator==(const Key&) const = default;
  };

  /// A name, and how many entries have it.
  using Names = std::unordered_map<std::string, uint32_t, NameHash>;

  struct alignas(64) Entry {
    Key key{};
    Names::value_type* name = nullptr;  ///< null: unused
    int64_t expiresNs = 0;
    mutable int64_t usedNs = INT64_MIN;
  };
  static_assert(sizeof(Entry) == 64);

  void remember(const Key& key, Names::value_type& name, int64_t expiresNs, int64_t nowNs);
  void release(Names::value_type* name);
  [[nodiscard]] const std::string* findKey(const Key& key, int64_t nowNs) const;
  [[nodiscard]] size_t setOf(const Key& key) const { return hash_(key) % sets_ * WAYS; }

  SeededHash hash_;
  size_t sets_;
  Names names_;
  std::vector<Entry> entries_;
};

}  // namespace weir
