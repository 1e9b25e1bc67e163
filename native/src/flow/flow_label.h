// SPDX-License-Identifier: Apache-2.0
// What classification says of a flow beside its application: why it has this name, and what the
// flow told of itself in the clear.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

namespace weir {

/// What a flow's name rests on, the surest last.
enum class Confidence : uint8_t {
  NONE,       ///< no name
  PORT,       ///< a port hint alone
  BEHAVIOUR,  ///< the shape of several packets, or a pattern that says so of itself
  EXPECTED,   ///< a control channel announced the flow
  NAME,       ///< the server's name
  PAYLOAD,    ///< a pattern matched, or the IP protocol has but one application
};

/// Which part of the application's signature file holds the rule that decided.
enum class RuleKind : uint8_t {
  NONE,
  MATCH,
  IP_PROTOCOL,
  SERVER_NAMES,
  ANNOUNCED_BY,
  SHAPE,
  PORTS
};

/// What a flow says in the clear; "" and 0 where it does not. Texts are printable ASCII.
struct FlowFacts {
  std::string serverName;   ///< TLS SNI, HTTP host, or the name that a DNS query asks for
  std::string alpn;         ///< TLS application protocols offered, in order, by commas
  std::string ja4;          ///< of the TLS ClientHello
  std::string software;     ///< what it calls itself: HTTP user agent, SSH banner, STUN's SOFTWARE,
                            ///< DHCP vendor class
  std::string clientName;   ///< that a DHCP client calls itself by
  uint16_t tlsVersion = 0;  ///< the highest that the client offers, e.g. 0x0304

  bool operator==(const FlowFacts&) const = default;
  bool operator<(const FlowFacts& other) const { return fields() < other.fields(); }

 private:
  [[nodiscard]] std::tuple<const std::string&, const std::string&, const std::string&,
                           const std::string&, const std::string&, uint16_t>
  fields() const {
    return {serverName, alpn, ja4, software, clientName, tlsVersion};
  }
};

/// Of a flow with a name.
struct FlowLabel {
  uint32_t protocol = 0;  ///< selector; FlowEntry::application is the same, or a service in it
  const FlowFacts* facts = nullptr;  ///< null when the flow told nothing
  uint16_t ruleOrdinal = 0;          ///< in the list of its kind, from 0
  uint16_t packets = 0;              ///< with payload, of both directions, until the verdict
  RuleKind rule = RuleKind::NONE;
  Confidence confidence = Confidence::NONE;
};

}  // namespace weir
