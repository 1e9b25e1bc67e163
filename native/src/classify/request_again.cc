// SPDX-License-Identifier: Apache-2.0
#include "classify/request_again.h"

#include <array>
#include <new>

namespace weir {

bool RequestAgain::isPossible() {
  if (matcher_ || !database_) return matcher_ != nullptr;
  try {
    matcher_ = database_->createMatcher(1);
  } catch (const EngineError&) {
    return false;
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

const std::vector<MatchEvent>& RequestAgain::match(std::span<const uint8_t> octets, size_t begin,
                                                   DatabasePart part) {
  const bool isWhole = begin == 0;
  if (!isWhole) submit({.bytes = octets.first(begin), .part = part, .startOfStream = true});
  events_.clear();
  submit({.bytes = octets.subspan(begin),
          .part = part,
          .startOfStream = isWhole,
          .endOfStream = true});
  return events_;
}

void RequestAgain::submit(const ScanRequest& request) {
  matcher_->submit({&request, 1});
  std::array<MatchEvent, 64> polled;
  PollResult result;
  do {
    result = matcher_->poll(polled);
    events_.insert(events_.end(), polled.begin(),
                   polled.begin() + static_cast<ptrdiff_t>(result.events));
  } while (result.completedRequests == 0);
}

}  // namespace weir
