// SPDX-License-Identifier: Apache-2.0
#include "classify/naming.h"

namespace weir {
namespace {

constexpr uint8_t PROTOCOL_TCP = 6;
constexpr uint8_t PROTOCOL_UDP = 17;

constexpr uint32_t portKey(uint8_t protocol, uint16_t port) {
  return uint32_t{protocol} << 16U | port;
}

}  // namespace

Naming::Naming(const SignatureSet& signatures) : signatures_(signatures), serverNames_(signatures) {
  for (const Pattern& pattern : signatures.patterns) {
    patterns_.push_back({pattern.application,
                         pattern.protocol != 0 ? pattern.protocol : pattern.application,
                         pattern.ordinal, RuleKind::MATCH,
                         pattern.isBehaviour ? Confidence::BEHAVIOUR : Confidence::PAYLOAD});
  }
  for (const Application& application : signatures.applications) {
    if (application.ipProtocol == 0) continue;
    applicationOfProtocol_[application.ipProtocol] = application.selector;
  }
  for (const PortHint& hint : signatures.ports) {
    const uint8_t protocol = hint.transport == Transport::TCP ? PROTOCOL_TCP : PROTOCOL_UDP;
    applicationOfPort_.emplace(portKey(protocol, hint.port), hint.application);
  }
}

Verdict Naming::ofIpProtocol(uint8_t protocol) const {
  const uint32_t application = applicationOfProtocol_[protocol];
  if (application == 0) return {};
  return {application, application, 0, RuleKind::IP_PROTOCOL, Confidence::PAYLOAD};
}

Verdict Naming::ofPorts(const FlowEntry& entry) const {
  const FlowKey& key = entry.key;
  const bool byA = entry.initiator == Sender::A;
  for (const uint16_t port : {byA ? key.portB : key.portA, byA ? key.portA : key.portB}) {
    const auto found = applicationOfPort_.find(portKey(key.protocol, port));
    if (found == applicationOfPort_.end()) continue;
    return {found->second, found->second, 0, RuleKind::PORTS, Confidence::PORT};
  }
  return {};
}

Verdict Naming::ofShape(MediaShape shape) const {
  if (shape == MediaShape::RTP) return ofShape(signatures_.known.rtp);
  return shape == MediaShape::RTCP ? ofShape(signatures_.known.rtcp) : Verdict{};
}

bool Naming::carriesServices(uint32_t protocol) const {
  const KnownApplications& known = signatures_.known;
  return protocol != 0 && (protocol == known.tls || protocol == known.quic ||
                           protocol == known.http || protocol == known.dtls);
}

Verdict Naming::refine(const Verdict& verdict, std::string_view serverName) const {
  // A pattern that looked into the protocol knows better than the name.
  if (verdict.application != verdict.protocol || !carriesServices(verdict.protocol)) return verdict;
  const uint32_t found = serverNames_.find(serverName);
  if (found == ServerNames::NO_RULE) return verdict;
  const ServerNameRule& rule = signatures_.serverNames[found];
  return {rule.application, verdict.protocol, rule.ordinal, RuleKind::SERVER_NAMES,
          Confidence::NAME};
}

}  // namespace weir
