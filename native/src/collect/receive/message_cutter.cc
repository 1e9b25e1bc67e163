// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/message_cutter.h"

#include <algorithm>

namespace weir::collect {

namespace {

constexpr size_t READ_OCTETS = 16'384;
constexpr size_t HEADER_OCTETS = 16;
constexpr unsigned IPFIX_VERSION = 10;

unsigned load16(const uint8_t* from) { return static_cast<unsigned>(from[0]) << 8U | from[1]; }

}  // namespace

std::span<uint8_t> MessageCutter::room() {
  if (begin_ > 0) {
    std::copy(octets_.begin() + static_cast<ptrdiff_t>(begin_),
              octets_.begin() + static_cast<ptrdiff_t>(end_), octets_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  if (octets_.size() < end_ + READ_OCTETS) octets_.resize(end_ + READ_OCTETS);
  return {&octets_[end_], READ_OCTETS};
}

std::span<const uint8_t> MessageCutter::next() {
  constexpr size_t LENGTH_END = 4;
  if (isMalformed_ || end_ - begin_ < LENGTH_END) return {};
  const uint8_t* const message = &octets_[begin_];
  const size_t length = load16(message + 2);
  if (load16(message) != IPFIX_VERSION || length < HEADER_OCTETS) {
    isMalformed_ = true;
    return {};
  }
  if (end_ - begin_ < length) return {};
  begin_ += length;
  return {message, length};
}

}  // namespace weir::collect
