// SPDX-License-Identifier: Apache-2.0
// From what was found of a flow to its name: the protocol that a rule gives, and the service inside
// it that the server's name gives. Read-only once built; it follows from the signatures alone.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "classify/rtp_shape.h"
#include "classify/server_names.h"
#include "classify/signature.h"
#include "flow/flow_entry.h"
#include "flow/flow_label.h"

namespace weir {

/// A flow's name and what it rests on.
struct Verdict {
  uint32_t application = 0;  ///< selector; 0: no name
  uint32_t protocol = 0;
  uint16_t ruleOrdinal = 0;
  RuleKind rule = RuleKind::NONE;
  Confidence confidence = Confidence::NONE;

  [[nodiscard]] bool hasName() const { return application != 0; }
};

class Naming {
 public:
  explicit Naming(const SignatureSet& signatures);

  /// `pattern` is an index in SignatureSet::patterns.
  [[nodiscard]] Verdict ofPattern(uint32_t pattern) const { return patterns_[pattern]; }

  /// No name when the protocol has no application of its own.
  [[nodiscard]] Verdict ofIpProtocol(uint8_t protocol) const;

  [[nodiscard]] static Verdict ofAnnouncement(uint32_t application) {
    if (application == 0) return {};
    return {application, application, 0, RuleKind::ANNOUNCED_BY, Confidence::EXPECTED};
  }

  /// Whether a pattern that matches by then says it better.
  [[nodiscard]] static bool isSupposed(const Verdict& verdict) {
    return verdict.rule == RuleKind::SHAPE || verdict.rule == RuleKind::ANNOUNCED_BY;
  }

  /// Whether flows of this protocol are named by their server where that is known. Those of DNS are
  /// not: who blocks a service must not block a resolver.
  [[nodiscard]] bool carriesServices(uint32_t protocol) const;

  /// What announces media and secured datagrams goes before them in the same flow: better is looked
  /// for as long as the budget lasts.
  [[nodiscard]] bool isProvisional(const Verdict& verdict) const {
    return verdict.hasName() && verdict.application == signatures_.known.stun;
  }

  /// What the server's port is for, else the client's; no name for other ports.
  [[nodiscard]] Verdict ofPorts(const FlowEntry& entry) const;

  /// RLPx, as far as its handshake tells (dissect/rlpx_handshake.h).
  [[nodiscard]] Verdict ofRlpx() const { return ofShape(signatures_.known.ethereum); }

  /// RTP and RTCP that nobody announced; no name for other shapes.
  [[nodiscard]] Verdict ofShape(MediaShape shape) const;

  /// The service behind `serverName` (lower case), or `verdict` as it is.
  [[nodiscard]] Verdict refine(const Verdict& verdict, std::string_view serverName) const;

 private:
  [[nodiscard]] static Verdict ofShape(uint32_t application) {
    if (application == 0) return {};
    return {application, application, 0, RuleKind::SHAPE, Confidence::BEHAVIOUR};
  }

  const SignatureSet& signatures_;
  ServerNames serverNames_;
  std::vector<Verdict> patterns_;  ///< by pattern
  std::array<uint32_t, 256> applicationOfProtocol_{};
  std::unordered_map<uint32_t, uint32_t> applicationOfPort_;  ///< by transport and port
};

}  // namespace weir
