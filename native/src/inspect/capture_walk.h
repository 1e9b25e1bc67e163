// SPDX-License-Identifier: Apache-2.0
// Takes a capture file through the stages of a lane, without exporters, for somebody who wants to
// look at flows one packet at a time: a tool's work, not a probe's.
#pragma once

#include <memory>
#include <string>

#include "classify/classifier.h"
#include "decode/decode_options.h"
#include "decode/decoded_packet.h"
#include "flow/flow_table.h"

namespace weir {

class WalkObserver {
 public:
  virtual ~WalkObserver() = default;

  /// A packet was counted in `entry`; its payload is borrowed until the call ends.
  virtual void packet(const FlowEntry& entry, const DecodedPacket& packet) = 0;

  /// A record of `entry` would leave now.
  virtual void record(const FlowEntry& entry, const FlowRecord& record) = 0;

  /// The flow is over: another may have the entry next.
  virtual void ended(const FlowEntry& entry) = 0;
};

struct CaptureWalkOptions {
  std::string path;
  DecodeOptions decode;
  FlowTableOptions flows;
};

/// Throws CaptureError. `database` names the flows.
void walkCapture(const CaptureWalkOptions& options, std::shared_ptr<const MatcherDatabase> database,
                 WalkObserver& observer);

}  // namespace weir
