// SPDX-License-Identifier: Apache-2.0
#include "dissect/handshake_stream.h"

#include <algorithm>

namespace weir {

void HandshakeStream::add(uint64_t offset, std::span<const uint8_t> octets) {
  if (octets.empty() || offset >= BYTES_MAX) return;
  const auto begin = static_cast<size_t>(offset);
  octets = octets.first(std::min(octets.size(), BYTES_MAX - begin));
  Range joined{begin, begin + octets.size()};
  // Those that overlap or touch become one with it.
  const auto first = std::find_if(ranges_.begin(), ranges_.end(),
                                  [&](const Range& range) { return range.end >= begin; });
  const auto last = std::find_if(first, ranges_.end(), [&](const Range& range) {
    return range.begin > begin + octets.size();
  });
  if (first == last && ranges_.size() > GAPS_MAX) return;
  if (octets_.size() < joined.end) octets_.resize(joined.end);
  size_t at = begin;
  const auto copyUpTo = [&](size_t end) {
    if (end <= at) return;
    const auto piece = octets.subspan(at - begin, end - at);
    std::copy(piece.begin(), piece.end(), octets_.begin() + static_cast<ptrdiff_t>(at));
  };
  for (auto range = first; range != last; ++range) {
    copyUpTo(std::min(range->begin, begin + octets.size()));
    at = std::max(at, range->end);
    joined = {std::min(joined.begin, range->begin), std::max(joined.end, range->end)};
  }
  copyUpTo(begin + octets.size());
  ranges_.insert(ranges_.erase(first, last), joined);
}

std::span<const uint8_t> HandshakeStream::contiguous() const {
  if (ranges_.empty() || ranges_.front().begin > 0) return {};
  return std::span(octets_).first(ranges_.front().end);
}

}  // namespace weir
