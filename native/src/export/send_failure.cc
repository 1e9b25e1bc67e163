// SPDX-License-Identifier: Apache-2.0
#include "export/send_failure.h"

#include <array>
#include <cstring>

namespace weir {

namespace {

constexpr std::array<const char*, static_cast<size_t>(FailureReason::COUNT)> REASON_NAMES{
    "bufferFull", "notConnected", "connectionLost", "tooLong", "systemError"};

}  // namespace

const char* failureReasonName(FailureReason reason) {
  return REASON_NAMES[static_cast<size_t>(reason)];
}

std::string SendFailure::text() const {
  switch (origin) {
    case Origin::NONE:
      return "";
    case Origin::PEER_CLOSED:
      return "the collector closed the connection";
    default:
      return std::strerror(static_cast<int>(code));
  }
}

}  // namespace weir
