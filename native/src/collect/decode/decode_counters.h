// SPDX-License-Identifier: Apache-2.0
// What a decoder did and what it could not take, by reason. One thread writes, any may read.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace weir::collect {

/// X(reason): a part of the interface, shown to operators by these names.
#define WEIR_DECODE_COUNTS(X)                                                                  \
  X(datagrams)              /* taken in */                                                     \
  X(records)                /* rows written */                                                 \
  X(optionsRecords)         /* read, whether understood or not */                              \
  X(templates)              /* learnt or changed */                                            \
  X(replayedSets)           /* decoded after their template came */                            \
  X(truncatedHeader)        /* datagram: shorter than its header */                            \
  X(unsupportedVersion)     /* datagram: no protocol that we know */                           \
  X(truncatedDatagram)      /* datagram: announces more than it has; the rest was decoded */   \
  X(malformedSet)           /* set: length beyond the datagram */                              \
  X(malformedTemplate)      /* template: no record can have it */                              \
  X(malformedRecord)        /* set: octets left that are no record */                          \
  X(malformedSample)        /* sFlow sample that ends too early */                             \
  X(reservedSet)            /* set: id that no RFC gives a meaning */                          \
  X(tooManyExporters)       /* datagram: no room for its exporter */                           \
  X(tooManyDomains)         /* datagram: no room for its observation domain */                 \
  X(tooManyTemplates)       /* template: no room */                                            \
  X(tooManyOptions)         /* option: no room in its exporter's tables */                     \
  X(unknownTemplateDropped) /* set: waited for its template in vain */                         \
  X(forgottenExporters)     /* exporter: silent, or pushed out by a new one */                 \
  X(expiredTemplates)       /* template: neither told nor used for its lifetime */             \
  X(withdrawnTemplates)     /* template: withdrawn by its exporter */                          \
  X(recordsWithoutFlow)     /* record: nothing in it that is of a flow */                      \
  X(eventsWithoutTraffic)   /* record: a firewall's or NAT's event that counts no packets */   \
  X(implausibleTimes)       /* record: times that cannot be; set to the time of export */      \
  X(implausibleExportTimes) /* datagram: its clock stands before 2000; set to time received */ \
  X(saturatedCounters)      /* record: times its sampling interval it exceeds 64 bits */       \
  X(counterSamples)         /* sFlow: counter samples, which are no flows */                   \
  X(unknownSamples)         /* sFlow: samples of a kind that we do not know */                 \
  X(undecodedHeaders)       /* sFlow: flow sample whose packet header says nothing to us */

enum class DecodeCount : uint8_t {
#define WEIR_ENUMERATOR(name) name,
  WEIR_DECODE_COUNTS(WEIR_ENUMERATOR)
#undef WEIR_ENUMERATOR
      COUNT
};

inline constexpr size_t DECODE_COUNTS = static_cast<size_t>(DecodeCount::COUNT);

inline constexpr std::array<const char*, DECODE_COUNTS> DECODE_COUNT_NAMES{
#define WEIR_NAME(name) #name,
    WEIR_DECODE_COUNTS(WEIR_NAME)
#undef WEIR_NAME
};

/// The same counts for a part of what is decoded, by DecodeCount.
using DecodeShare = std::array<uint64_t, DECODE_COUNTS>;

class DecodeCounters {
 public:
  /// By the decoding thread only, as the others that change something.
  void add(DecodeCount count, uint64_t more = 1) noexcept {
    addToAll(count, more);
    if (share_ != nullptr) (*share_)[static_cast<size_t>(count)] += more;
  }

  /// What those who are being decoded did not bring about.
  void addToAll(DecodeCount count, uint64_t more = 1) noexcept {
    auto& value = values_[static_cast<size_t>(count)];
    value.store(value.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }

  /// What `add` counts from now on is also counted there; nullptr: nowhere else.
  void shareWith(DecodeShare* share) noexcept { share_ = share; }

  [[nodiscard]] uint64_t of(DecodeCount count) const noexcept {
    return values_[static_cast<size_t>(count)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<uint64_t>, DECODE_COUNTS> values_{};
  DecodeShare* share_ = nullptr;
};

}  // namespace weir::collect
