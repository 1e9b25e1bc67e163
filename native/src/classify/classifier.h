// SPDX-License-Identifier: Apache-2.0
// Names flows: feeds the first octets of each direction to a matcher and writes verdicts into the
// flow entries. One classifier per lane, used by the lane's thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "classify/classifier_counters.h"
#include "classify/signature.h"
#include "decode/decoded_packet.h"
#include "flow/flow_entry.h"
#include "flow/flow_label.h"

namespace weir {

class MatcherDatabase;  // compiled patterns, read-only, shared by all lanes (classify/matcher.h)

/// Live, a packet that waits is a packet lost; who reads a file can wait for results, so that its
/// records do not depend on when they come.
enum class ScanPatience : uint8_t { NEVER_WAITS, WAITS_FOR_RESULTS };

struct ClassifierOptions {
  /// Packets with new payload, then "no match"; of UDP never more than 12 and 4095 octets.
  uint32_t budgetPacketsPerDirection = 12;
  uint32_t budgetBytesPerDirection = 4096;
  /// Undecided flows with octets in the matcher; beyond it flows stay unnamed (slotShortageFlows).
  uint32_t undecidedFlowsMax = 65536;
  uint32_t expectationsMax = 16384;  ///< announced endpoints remembered; the oldest goes first
  bool usesPortHints = false;        ///< records of flows without a name say what the port is for
  ScanPatience patience = ScanPatience::NEVER_WAITS;
  int64_t lastResultsNs = 2'000'000'000;  ///< what `finish` waits at most
};

struct FlowName {
  uint32_t application = 0;          ///< 0: none
  const FlowLabel* label = nullptr;  ///< null without a name
};

/// Which new flows are classified. Under overload a flow's name is the first thing to do without.
enum class Admission : uint8_t { ALL, NONE };

/// An entry must stay where it is in memory while its classification is SCANNING. Later fragments
/// of a datagram must come without payload: their octets are in the middle of a message.
///
/// A TCP direction is scanned in stream order. The first packet in which a pattern matches decides;
/// among patterns that match in it the higher priority wins, then more evidence, then the smaller
/// selector. So that the cut into packets does not matter, a set lets the special case of a
/// protocol match no later in the stream than the general one. What the flow says of itself
/// (classify/flow_dissection.h) is waited for, within the budget: a flow gets its verdict once.
///
/// Order of calls in a lane, for each batch: `add` for each packet in order, then `settle`.
/// A flow that ends inside a batch is settled before its record is built.
class Classifier {
 public:
  Classifier(std::shared_ptr<const MatcherDatabase> database, ClassifierOptions options);
  ~Classifier();

  /// Takes one packet of `entry` (already counted by the flow table). Bytes are borrowed until the
  /// next `settle` without `leaving`. Of decided flows it wants those of `inspectAfterVerdict` and
  /// the packets that isHeardByAllLanes().
  void add(FlowEntry& entry, const DecodedPacket& packet);

  /// Learns what a packet that another lane counts tells of flows of this one.
  void hear(const DecodedPacket& packet);

  /// Judges what `add` gathered if that takes no waiting: the next `settle` gives the verdicts.
  void flush();

  /// Submits what `add` gathered and writes the verdicts that have come. Gives the entries that got
  /// their name (application != 0) since the last call; valid until the next call. `leaving`, of
  /// which a record is about to leave, or nullptr, does not wait for more to be read of it;
  /// verdicts of others may come later then.
  std::span<FlowEntry* const> settle(FlowEntry* leaving = nullptr);

  /// Nothing more is captured: from now on `settle` waits for results, for a bounded time.
  void finish();

  /// Of a decided flow with a name, until its `release`; else nullptr.
  [[nodiscard]] const FlowLabel* labelOf(const FlowEntry& entry) const;

  /// What a record says of the flow now. Valid until the next call.
  [[nodiscard]] FlowName nameOf(const FlowEntry& entry);

  /// The flow ends or starts anew: gives its slot back. After this `entry.classification` is
  /// DECIDED with what is known.
  void release(FlowEntry& entry);

  /// From now on; flows that are undecided go on. Those named without a scan still are.
  void setAdmission(Admission admission);

  /// Whether octets of `entry` are in this classifier's matcher, and not in that of one with other
  /// signatures.
  [[nodiscard]] bool owns(const FlowEntry& entry) const;

  /// Whether it owns no flow.
  [[nodiscard]] bool isIdle() const;

  /// From now on both have the same memory, with this one's signatures: labels of flows that are
  /// decided stay, and what a control channel announced before a reload is found after it.
  void shareMemory(Classifier& predecessor);

  /// A flow that began with a predecessor and was decided here counts down here: then only the sum
  /// of all classifiers' undecidedFlows is a number of flows.
  [[nodiscard]] ClassifierCounters counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir
