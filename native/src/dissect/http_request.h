// SPDX-License-Identifier: Apache-2.0
// The head of an HTTP/1 request (RFC 9112): whom it asks, and who asks.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dissect/reading.h"

namespace weir {

struct HttpRequest {
  static constexpr size_t USER_AGENT_OCTETS_MAX = 200;

  std::string host;       ///< lower case, without port; "" when there is none or it is no host name
  std::string userAgent;  ///< printable ASCII, at most USER_AGENT_OCTETS_MAX
};

/// Reads a stream's first request, from the stream's first octet. COMPLETE at the head's empty
/// line. On NEEDS_MORE `request` holds what whole lines have told so far; more octets never change
/// it. A target with a host (absolute form, CONNECT) goes before the Host field (RFC 9112 3.2.2),
/// and of repeated fields the first. Lines that are no fields are passed over, as servers do.
Reading readHttpRequest(std::span<const uint8_t> stream, HttpRequest& request);

}  // namespace weir
