// SPDX-License-Identifier: Apache-2.0
// A compiled-in-memory signature set as the control plane hands it over: data, no behaviour.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

enum class Transport : uint8_t { TCP = 0, UDP = 1 };

/// Which side of the flow a pattern looks at; CLIENT is the initiator.
enum class StreamSide : uint8_t { CLIENT = 0, SERVER = 1 };

/// One regular expression of one application. A signature with several regexes, both transports or
/// `direction: either` becomes several patterns.
struct Pattern {
  std::string regex;  ///< PCRE2 syntax, matched against octets
  bool caseless = false;
  Transport transport = Transport::TCP;
  StreamSide side = StreamSide::CLIENT;
  uint32_t application = 0;  ///< selector of the application it names
  uint32_t protocol = 0;     ///< selector of the protocol in whose flows it is looked for; else
                             ///< `application`
  uint16_t ordinal = 0;      ///< in its application's list of patterns
  bool isBehaviour = false;  ///< a weak shape: what it names is likely, not certain
  int32_t priority = 0;      ///< higher wins among patterns that match in one packet, then more
                             ///< evidence (PrefixFilter), then the smaller selector
  uint32_t minimumDatagramBytes = 0;  ///< UDP payload, inclusive; 0 means no bound
  uint32_t maximumDatagramBytes = 0;
  std::string source;  ///< "signatures/ssh.yaml: SSH", for messages
};

/// A server's name, and all names below it unless it is exact, belong to a service.
struct ServerNameRule {
  std::string suffix;  ///< lower case, without a dot at either end
  bool isExact = false;
  uint32_t application = 0;  ///< selector
  uint16_t ordinal = 0;      ///< in its application's list of names
  std::string source;        ///< "signatures/services/video.yaml:12: YouTube", for messages
};

/// What a port is for as a rule; never more than a hint.
struct PortHint {
  uint16_t port = 0;
  Transport transport = Transport::TCP;
  uint32_t application = 0;  ///< selector
};

/// Roles that the classifier itself must know of, by application selector; 0 if absent from the
/// set.
struct KnownApplications {
  uint32_t ftp = 0;
  uint32_t ftpData = 0;
  uint32_t sip = 0;
  uint32_t rtp = 0;
  uint32_t rtcp = 0;
  uint32_t tls = 0;
  uint32_t dtls = 0;
  uint32_t quic = 0;
  uint32_t http = 0;
  uint32_t dns = 0;
  uint32_t stun = 0;
  uint32_t ssh = 0;
  uint32_t dhcp = 0;
  uint32_t ethereum = 0;
};

struct Application {
  uint32_t selector =
      0;             ///< RFC 6759 selector under classification engine 6 (user-defined), 3 octets
  std::string name;  ///< element 96, at most 24 octets
  std::string description;  ///< element 94, at most 55 octets
  std::string category;     ///< element 372, e.g. "mail"
  uint8_t ipProtocol = 0;   ///< names every flow of this IP protocol, unscanned; 0 means none
};

struct SignatureSet {
  std::vector<Application> applications;
  std::vector<Pattern> patterns;
  std::vector<ServerNameRule> serverNames;  ///< a suffix is there at most once, an exact name too
  std::vector<PortHint> ports;              ///< a port of a transport at most once
  KnownApplications known;
};

}  // namespace weir
