// SPDX-License-Identifier: Apache-2.0
// Why a sender could not deliver, as one word that a lane's counters can carry to other threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace weir {

/// Reasons by which failed messages are counted.
enum class FailureReason : uint8_t {
  BUFFER_FULL,      ///< the collector, or the way to it, does not take as much
  NOT_CONNECTED,    ///< no route, or no connection for longer than may be waited
  CONNECTION_LOST,  ///< of a session that was over before the collector had it
  TOO_LONG,         ///< for the path's MTU, which had become smaller
  SYSTEM_ERROR,     ///< anything else: `lastFailure` says what
  COUNT,
};

/// Camel case, as in the counters: "bufferFull".
const char* failureReasonName(FailureReason reason);

/// What happened last, in the words of whoever refused.
struct SendFailure {
  enum class Origin : uint8_t {
    NONE,
    SYSTEM,       ///< errno
    TLS,          ///< a GnuTLS error, negated
    CERTIFICATE,  ///< bits of gnutls_certificate_status_t
    TLS_ALERT,    ///< what the other side said before it hung up
    PEER_CLOSED,  ///< the other side hung up
  };

  Origin origin = Origin::NONE;
  uint32_t code = 0;

  static SendFailure system(int error) { return {Origin::SYSTEM, static_cast<uint32_t>(error)}; }

  [[nodiscard]] uint64_t word() const {
    return uint64_t{static_cast<uint8_t>(origin)} << 32U | code;
  }
  static SendFailure fromWord(uint64_t word) {
    return {static_cast<Origin>(word >> 32U), static_cast<uint32_t>(word)};
  }

  /// "Connection refused", "the certificate has expired"; "" when nothing failed.
  [[nodiscard]] std::string text() const;
};

}  // namespace weir
