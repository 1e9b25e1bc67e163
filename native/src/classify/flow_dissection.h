// SPDX-License-Identifier: Apache-2.0
// Reads what an undecided flow says of itself in the clear (dissect/), beside the matcher, which
// finds the protocol. It keeps octets only when the first packet does not hold all of it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "classify/signature.h"
#include "dissect/dtls_hello.h"
#include "dissect/quic_initial.h"
#include "dissect/reading.h"
#include "flow/flow_label.h"

namespace weir {

class FlowDissection {
 public:
  /// `octets`: the first of a TCP direction, or a datagram. Null when they begin like nothing that
  /// is read here.
  static std::unique_ptr<FlowDissection> begin(Transport transport, StreamSide side,
                                               std::span<const uint8_t> octets);

  /// The next octets of the direction, or its next datagram.
  void add(std::span<const uint8_t> octets);

  /// No more octets will come: what was read until now is all.
  void finish() { reading_ = Reading::COMPLETE; }

  /// Whether further octets could tell more.
  [[nodiscard]] bool isReading() const { return reading_ == Reading::NEEDS_MORE; }
  /// The octets turned out to be something else before they told anything.
  [[nodiscard]] bool isRefuted() const {
    return reading_ == Reading::NOT_THIS && facts_ == FlowFacts{};
  }
  /// Selector of the protocol that the octets are read as.
  [[nodiscard]] uint32_t protocol(const KnownApplications& known) const;
  [[nodiscard]] StreamSide side() const { return side_; }
  [[nodiscard]] const FlowFacts& facts() const { return facts_; }
  /// Octets of memory.
  [[nodiscard]] size_t heldBytes() const {
    return sizeof *this + head_.capacity() + (quic_ ? sizeof *quic_ : 0) +
           (dtls_ ? sizeof *dtls_ : 0);
  }

 private:
  enum class Subject : uint8_t {
    NOTHING,
    SSH_OR_HTTP,
    TLS,
    HTTP,
    SSH,
    QUIC,
    DTLS,
    DNS,
    DNS_STREAM,
    STUN,
    DHCP
  };

  FlowDissection(Subject subject, StreamSide side) : subject_(subject), side_(side) {}

  static Subject subjectOf(Transport transport, StreamSide side, std::span<const uint8_t> octets);
  void addToStream(std::span<const uint8_t> octets);
  Reading read(std::span<const uint8_t> octets);
  Reading readHello(std::span<const uint8_t> octets);
  template <typename Reader>
  Reading readHello(std::unique_ptr<Reader>& reader, std::span<const uint8_t> datagram);
  Reading readText(std::span<const uint8_t> octets);
  Reading readFirstMessage(std::span<const uint8_t> stream);
  Reading readMessage(std::span<const uint8_t> octets);

  Subject subject_;
  StreamSide side_;
  Reading reading_ = Reading::NEEDS_MORE;
  FlowFacts facts_;
  std::vector<uint8_t> head_;  ///< of a stream that did not fit its first packet
  std::unique_ptr<QuicInitialReader> quic_;
  std::unique_ptr<DtlsHelloReader> dtls_;
};

}  // namespace weir
