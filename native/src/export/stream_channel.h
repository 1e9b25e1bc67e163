// SPDX-License-Identifier: Apache-2.0
// One connection to a collector, from its first packet to its last: plain TCP, or TLS over it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "export/send_failure.h"

namespace weir {

/// No call waits. Owned and used by one sender.
class StreamChannel {
 public:
  enum class State : uint8_t { ESTABLISHING, ESTABLISHED, LOST };

  virtual ~StreamChannel() = default;

  /// Goes on with connecting while that is not done.
  virtual void advance() = 0;

  /// Takes the first of these octets; how many. 0: no room at present, or the connection is lost.
  virtual size_t write(std::span<const uint8_t> octets) = 0;

  /// Takes what the collector says, which means nothing to an exporter, and sees whether it hung
  /// up. A collector that talks without end gets no more of the lane's time than a step's reads.
  virtual void listen() = 0;

  /// How many of the octets that `write` took have arrived at the collector's machine. Holds also
  /// once the connection is lost.
  [[nodiscard]] virtual uint64_t acknowledgedOctets() = 0;

  /// Says that nothing follows.
  virtual void finish() = 0;

  /// Ends at once: what has not arrived yet never will.
  virtual void abandon() = 0;

  /// For poll: the socket, and the events without which `advance` would get no further.
  [[nodiscard]] virtual int fd() const = 0;
  [[nodiscard]] virtual short advanceEvents() const = 0;

  [[nodiscard]] State state() const { return state_; }
  /// Why the connection was lost.
  [[nodiscard]] SendFailure failure() const { return failure_; }

 protected:
  static constexpr int MAXIMUM_READS = 16;  ///< of a call of `listen`
  static constexpr size_t LISTEN_OCTETS = 4096;

  void lose(SendFailure failure) {
    if (state_ == State::LOST) return;
    state_ = State::LOST;
    failure_ = failure;
  }

  State state_ = State::ESTABLISHING;

 private:
  SendFailure failure_;
};

}  // namespace weir
