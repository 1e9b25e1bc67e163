// SPDX-License-Identifier: Apache-2.0
#include "decode/decoded_packet.h"

#include <cstddef>

namespace weir {
namespace {

constexpr const char* NAMES[] = {
    "none",
    "unsupportedLinkType",
    "truncatedLinkHeader",
    "arp",
    "nonIp",
    "truncatedIpHeader",
    "malformedIpHeader",
    "truncatedTransportHeader",
    "malformedTransportHeader",
};
static_assert(sizeof NAMES / sizeof *NAMES == static_cast<size_t>(Exception::COUNT));

}  // namespace

const char* exceptionName(Exception exception) {
  return exception < Exception::COUNT ? NAMES[static_cast<size_t>(exception)] : "unknown";
}

}  // namespace weir
