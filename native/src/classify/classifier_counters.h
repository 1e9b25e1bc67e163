// SPDX-License-Identifier: Apache-2.0
// What a classifier has done, and what it holds at this moment. 64-bit words only. Every flow is in
// exactly one of: decided, exhausted, undecided, endedUndecided, unscannable, slotShortage, shed.
#pragma once

#include <cstdint>

namespace weir {

struct ClassifierCounters {
  uint64_t scannedOctets = 0;
  uint64_t decidedFlows = 0;         ///< with a name
  uint64_t exhaustedFlows = 0;       ///< budget spent without a match
  uint64_t undecidedFlows = 0;       ///< at this moment
  uint64_t undecidedFlowBytes = 0;   ///< held for them at this moment: slots, streams, segments
  uint64_t pooledStreamBytes = 0;    ///< kept at this moment for the streams of the next ones
  uint64_t endedUndecidedFlows = 0;  ///< ended before their budget was spent, and unnamed
  uint64_t unscannableFlows = 0;     ///< neither TCP nor UDP, and the protocol has no name
  uint64_t slotShortageFlows = 0;    ///< decided as unknown because undecidedFlowsMax was reached
  uint64_t shedFlows = 0;            ///< decided as unknown because admission was NONE
  uint64_t expectedFlows = 0;        ///< of decidedFlows: announced by a control channel
  uint64_t reorderedSegments = 0;    ///< waited for octets before them
  uint64_t reorderDroppedSegments = 0;  ///< beyond the reorder bound; the direction is given up
  uint64_t matcherBusyRequests = 0;     ///< refused by a full device; the direction is given up

  uint64_t keptLabels = 0;    ///< at this moment: flows with a name
  uint64_t keptFacts = 0;     ///< of these: that said something of themselves
  uint64_t droppedFacts = 0;  ///< flows for whose words there was no room

  ClassifierCounters& operator+=(const ClassifierCounters& other);
};

}  // namespace weir
