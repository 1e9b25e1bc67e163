// SPDX-License-Identifier: Apache-2.0
// What the decoder knows of one exporter, protocol and observation domain. Belongs to its lane.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "collect/decode/decode_counters.h"
#include "collect/decode/sequence.h"
#include "collect/decode/template.h"

namespace weir::collect {

/// In the order of their first use in the field; shown by the names below.
enum class ExportProtocol : uint8_t {
  NETFLOW1,
  NETFLOW5,
  NETFLOW7,
  NETFLOW9,
  IPFIX,
  SFLOW5,
  COUNT
};

inline constexpr std::array<const char*, static_cast<size_t>(ExportProtocol::COUNT)>
    EXPORT_PROTOCOL_NAMES{"netflow1", "netflow5", "netflow7", "netflow9", "ipfix", "sflow5"};

/// An entry of an exporter's application table (RFC 6759 5).
struct KnownApplication {
  NameHandle name;
  NameHandle category;
  std::string description;
  /// Its applicationId in words, for records that nothing else is told of; made on first use.
  NameHandle id;
  /// The exporter has looked at payload: the engine is user-defined, or one of deep inspection.
  bool isFromPayload = false;
};

/// What named flows, by commonPropertiesId (RFC 5473): as Weir's probe tells it.
struct KnownNaming {
  NameHandle rule;        ///< "BitTorrent/match/2"
  NameHandle confidence;  ///< "payload"

  /// Numbers mean something else after a restart of the exporter, and what it told then may have
  /// been lost: a naming of another application says nothing of this one.
  [[nodiscard]] bool isOf(const std::string& application) const {
    return rule.text.size() > application.size() && rule.text.starts_with(application) &&
           rule.text[application.size()] == '/';
  }
};

/// What an exporter counts itself (RFC 7011 4.1 to 4.3); as last told.
struct ToldStatistics {
  uint64_t exportedMessageTotalCount = 0;
  uint64_t exportedOctetTotalCount = 0;
  uint64_t exportedFlowRecordTotalCount = 0;
  uint64_t ignoredPacketTotalCount = 0;
  uint64_t ignoredOctetTotalCount = 0;
  uint64_t notSentFlowTotalCount = 0;
  uint64_t notSentPacketTotalCount = 0;
  uint64_t notSentOctetTotalCount = 0;
};

/// What an exporter told in options data.
struct ToldOptions {
  /// By classification engine × 2^56 + selector.
  std::unordered_map<uint64_t, KnownApplication> applications;
  std::unordered_map<uint64_t, KnownNaming> namings;
  std::unordered_map<uint32_t, NameHandle> interfaces;
  /// Sampling interval by sampler; 0 is the one for all.
  std::unordered_map<uint64_t, uint32_t> samplers;
  std::unordered_map<uint32_t, uint32_t> samplingOfInterface;
  /// Of a v5 header; 0: none.
  uint32_t headerInterval = 0;
  /// 0: not told.
  int64_t systemInitMilliseconds = 0;
  ToldStatistics statistics;
};

struct DomainStatistics {
  uint64_t datagrams = 0;
  uint64_t octets = 0;
  uint64_t records = 0;
  uint64_t optionsRecords = 0;
  uint64_t unknownTemplateSets = 0;
  /// Passed over by a rate limit.
  uint64_t limitedRecords = 0;
  /// What was counted for its datagrams, once it was known whose they are.
  DecodeShare counted{};
  /// Time received - time of export, of the last datagram and the least that was seen (which has
  /// the least delay of the way in it). An exporter whose clock is behind has a positive skew.
  int64_t clockSkewMilliseconds = 0;
  int64_t leastClockSkewMilliseconds = 0;
  int64_t firstSeenMilliseconds = 0;
  int64_t lastSeenMilliseconds = 0;
  /// As last used; 1 until something is sampled.
  uint32_t samplingInterval = 1;
};

struct Exporter;

struct ExporterDomain {
  Exporter* exporter = nullptr;
  Address exporterAddress{};
  ExportProtocol protocol = ExportProtocol::NETFLOW9;
  /// Of v5 the engine (type × 256 + id), of sFlow the agent's sub-agent.
  uint32_t observationDomainId = 0;
  /// 0: UDP.
  uint64_t session = 0;

  std::unordered_map<uint16_t, Template> templates;
  ToldOptions options;
  SequenceTracker sequence;
  DomainStatistics statistics;
  /// A template came from elsewhere; data waits for it.
  bool replayIsDue = false;
};

}  // namespace weir::collect
