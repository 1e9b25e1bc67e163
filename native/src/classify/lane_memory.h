// SPDX-License-Identifier: Apache-2.0
// What a lane's classification remembers beyond one flow and beyond one set of signatures.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "classify/announced_flows.h"
#include "classify/dns_queries.h"
#include "classify/dns_segments.h"
#include "classify/facts_pool.h"
#include "classify/flow_labels.h"
#include "classify/name_cache.h"
#include "classify/signature.h"
#include "decode/decoded_packet.h"
#include "flow/flow_entry.h"

namespace weir {

struct LaneMemory {
  static constexpr uint32_t FACTS_MAX = 131'072;
  static constexpr uint32_t NAMES_MAX = 65'536;
  static constexpr uint32_t QUERIES_MAX = 16'384;

  LaneMemory(const KnownApplications& known, uint32_t expectationsMax)
      : announced(known, expectationsMax),
        queries(QUERIES_MAX),
        names(NAMES_MAX),
        facts(FACTS_MAX),
        dns(known.dns) {}

  /// What applications are called from now on.
  void setKnown(const KnownApplications& known) {
    announced.setKnown(known);
    dns = known.dns;
  }

  /// Learns what a packet tells of other flows that isHeardByAllLanes(), whichever lane counts it.
  void hear(const DecodedPacket& packet);

  /// Learns what any other packet tells, for flows between the same hosts. A few compares where it
  /// tells nothing.
  void observe(const DecodedPacket& packet, StreamSide side);

  /// Whether names may change with the packet.
  static bool isDnsResponse(const DecodedPacket& packet);

  /// Whether flows of this application go on telling of others after their verdict.
  [[nodiscard]] bool announces(uint32_t application) const {
    return announced.isControl(application) || application == dns;
  }

  /// Of the flow's server, as its client, or else anybody, asked DNS for it; nullptr: nobody did.
  [[nodiscard]] const std::string* nameOf(const FlowEntry& entry) const;

  void noteQuery(const DecodedPacket& packet);
  void learnNames(const DecodedPacket& packet, Audience audience);
  void learnAnswer(const DecodedPacket& packet, std::span<const uint8_t> answer, Audience audience);

  AnnouncedFlows announced;
  DnsSegments dnsSegments;
  DnsQueries queries;
  NameCache names;
  FactsPool facts;
  FlowLabels labels;
  uint32_t dns;  ///< selector
};

}  // namespace weir
