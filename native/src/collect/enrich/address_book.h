// SPDX-License-Identifier: Apache-2.0
// What is known of addresses: networks, countries, autonomous systems. A lane's own: it remembers
// recent addresses and the names' ids in the lane's present chunk. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "collect/enrich/enrichment_tables.h"

namespace weir::collect {

/// Names of one record of a GeoIP file.
struct GeoNames {
  NameHandle country;
  NameHandle asName;
  uint32_t asNumber = 0;
};

struct NetworkNames {
  NameHandle name;
  NameHandle role;
  NameHandle site;
};

/// Borrowed from the book; none of them is null.
struct AddressFacts {
  NetworkNames* network = nullptr;
  GeoNames* country = nullptr;
  GeoNames* system = nullptr;
  /// In a network of the operator, or of a kind that never leaves one (multicast, link-local).
  bool isOwn = false;
};

class AddressBook {
 public:
  /// The tables outlive the book.
  explicit AddressBook(const EnrichmentTables& tables);

  /// Holds until the next look-up.
  const AddressFacts& factsOf(const Address& address);

 private:
  struct Entry {
    Address address{};
    AddressFacts facts;
  };

  AddressFacts lookUp(const Address& address);

  /// The names of a file's record, read once for all addresses that share it.
  class Records {
   public:
    explicit Records(const GeoFile* file) : file_(file) {}
    GeoNames* namesOf(const Address& address);

   private:
    const GeoFile* file_;
    std::deque<GeoNames> names_ = std::deque<GeoNames>(1);  ///< the first tells nothing
    std::unordered_map<uint32_t, GeoNames*> byRecord_;
  };

  static constexpr size_t RECENT = 16'384;

  const EnrichmentTables& tables_;
  std::vector<NetworkNames> networks_;  ///< the last has no names
  Records countries_;
  Records systems_;
  std::vector<Entry> recent_;  ///< by the address's hash; a newer one takes an older one's place
};

}  // namespace weir::collect
