// SPDX-License-Identifier: Apache-2.0
// One request matched again, from its stream's start, in software: for those that a device cut
// short. Used by one lane's thread only.
#pragma once

#include <memory>
#include <vector>

#include "classify/matcher.h"

namespace weir {

class RequestAgain {
 public:
  /// `database`: of an engine that completes at once; null: there is none.
  explicit RequestAgain(std::shared_ptr<const MatcherDatabase> database)
      : database_(std::move(database)) {}

  /// False without a database, and without memory for its matcher.
  [[nodiscard]] bool isPossible();

  /// Where it is possible. Events of the octets from `begin` on, of a stream that begins with
  /// `octets`.
  const std::vector<MatchEvent>& match(std::span<const uint8_t> octets, size_t begin,
                                       DatabasePart part);

 private:
  void submit(const ScanRequest& request);

  const std::shared_ptr<const MatcherDatabase> database_;
  std::unique_ptr<Matcher> matcher_;  ///< null until it is needed
  std::vector<MatchEvent> events_;
};

}  // namespace weir
