// SPDX-License-Identifier: Apache-2.0
// Whose datagrams are taken. Immutable after it was made: any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "collect/columns/flow_columns.h"

namespace weir::collect {

class AllowList {
 public:
  /// Addresses and prefixes ("192.0.2.0/24"); none: everybody is allowed. Throws CodedError
  /// WEIR_COLLECTOR_ADDRESS.
  explicit AllowList(const std::vector<std::string>& entries);

  [[nodiscard]] bool allows(const Address& address) const;

 private:
  using Range = std::pair<Address, Address>;  ///< first and last

  std::vector<Range> ranges_;  ///< in order, without overlaps
};

}  // namespace weir::collect
