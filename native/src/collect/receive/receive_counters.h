// SPDX-License-Identifier: Apache-2.0
// What one lane's receiver took in, and what it did not, by reason. One thread writes, any may
// read.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace weir::collect {

/// X(name): a part of the interface, shown to operators by these names. Datagrams and messages add
/// up: datagrams + messages = exporterNotAllowed + abandonedDatagrams + what the decoder took in
/// (refused connections apart).
#define WEIR_RECEIVE_COUNTS(X)                                                            \
  X(datagrams)           /* out of UDP sockets */                                         \
  X(octets)              /* of their payload */                                           \
  X(messages)            /* out of TCP and TLS connections */                             \
  X(messageOctets)       /* of them */                                                    \
  X(receiveBufferFull)   /* datagrams: the kernel had no room for them */                 \
  X(exporterNotAllowed)  /* datagrams and connections: from nobody who is on the list */  \
  X(abandonedDatagrams)  /* left at the end, when nobody took records any more */         \
  X(limitedDatagrams)    /* decoded; records passed over, others count for them */        \
  X(limitedRecords)      /* the records in them */                                        \
  X(acceptedConnections) /* of TCP and TLS */                                             \
  X(openConnections)     /* at this moment */                                             \
  X(refusedConnections)  /* closed at once: too many, or too many from one address */     \
  X(closedByExporter)    /* connections: as it should be */                               \
  X(resetConnections)    /* connections: broken, or the exporter is gone */               \
  X(malformedStreams)    /* connections: what came is no IPFIX */                         \
  X(stalledConnections)  /* connections: a message or a handshake did not end in time */  \
  X(failedHandshakes)    /* connections: no TLS, or no certificate that is vouched for */ \
  X(foreignCertificates) /* connections: the certificate is for other addresses */        \
  X(truncatedMessages)   /* messages: the connection ended inside */

enum class ReceiveCount : uint8_t {
#define WEIR_ENUMERATOR(name) name,
  WEIR_RECEIVE_COUNTS(WEIR_ENUMERATOR)
#undef WEIR_ENUMERATOR
      COUNT
};

inline constexpr size_t RECEIVE_COUNTS = static_cast<size_t>(ReceiveCount::COUNT);

inline constexpr std::array<const char*, RECEIVE_COUNTS> RECEIVE_COUNT_NAMES{
#define WEIR_NAME(name) #name,
    WEIR_RECEIVE_COUNTS(WEIR_NAME)
#undef WEIR_NAME
};

class ReceiveCounters {
 public:
  /// By the receiving thread only.
  void add(ReceiveCount count, uint64_t more = 1) noexcept { set(count, of(count) + more); }
  void set(ReceiveCount count, uint64_t value) noexcept {
    values_[static_cast<size_t>(count)].store(value, std::memory_order_relaxed);
  }

  [[nodiscard]] uint64_t of(ReceiveCount count) const noexcept {
    return values_[static_cast<size_t>(count)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<uint64_t>, RECEIVE_COUNTS> values_{};
};

}  // namespace weir::collect
