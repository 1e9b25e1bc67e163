// SPDX-License-Identifier: Apache-2.0
// For unit tests only: reads what probe/dist/signatures/dump.js prints, so that Weir's real
// signatures and their examples run through the engines without Node. The file's name comes from
// the environment (WEIR_SIGNATURE_DUMP); tests that need it are skipped where it is not set.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "classify/signature.h"

namespace weir {

struct DumpedSample {
  std::string application;
  Transport transport = Transport::TCP;
  StreamSide side = StreamSide::CLIENT;
  std::vector<uint8_t> payload;
  bool matches = false;
  std::string source;
};

struct SignatureDump {
  SignatureSet set;
  std::vector<DumpedSample> samples;
};

class SignatureDumpReader {
 public:
  /// Null without WEIR_SIGNATURE_DUMP; throws when it names no readable dump.
  static const SignatureDump* fromEnvironment(const char* variable = "WEIR_SIGNATURE_DUMP") {
    const char* const file = std::getenv(variable);
    if (file == nullptr) return nullptr;
    static std::map<std::string, SignatureDump> dumps;
    const auto known = dumps.find(file);
    if (known != dumps.end()) return &known->second;
    return &dumps.emplace(file, SignatureDumpReader().read(file)).first->second;
  }

 private:
  using Fields = std::vector<std::string>;

  SignatureDump read(const char* file) {
    std::ifstream input(file);
    std::string line;
    while (std::getline(input, line)) {
      Fields fields;
      std::istringstream cells(line);
      for (std::string cell; std::getline(cells, cell, '\t');) fields.push_back(cell);
      take(fields);
    }
    if (dump_.set.patterns.empty()) throw std::runtime_error(std::string("no dump: ") + file);
    return std::move(dump_);
  }

  void take(const Fields& fields) {
    const std::string& kind = fields.at(0);
    if (kind == "application") {
      dump_.set.applications.push_back({.selector = number(fields.at(1)),
                                        .name = fields.at(3),
                                        .ipProtocol = static_cast<uint8_t>(number(fields.at(2)))});
    } else if (kind == "pattern") {
      takePattern(fields);
    } else if (kind == "serverName") {
      dump_.set.serverNames.push_back({.suffix = fields.at(2),
                                       .isExact = fields.at(1) == "exact",
                                       .application = number(fields.at(3)),
                                       .ordinal = static_cast<uint16_t>(number(fields.at(4))),
                                       .source = fields.at(5)});
    } else if (kind == "port") {
      dump_.set.ports.push_back({.port = static_cast<uint16_t>(number(fields.at(2))),
                                 .transport = transport(fields.at(1)),
                                 .application = number(fields.at(3))});
    } else if (kind == "known") {
      dump_.set.known = {number(fields.at(1)),  number(fields.at(2)),  number(fields.at(3)),
                         number(fields.at(4)),  number(fields.at(5)),  number(fields.at(6)),
                         number(fields.at(7)),  number(fields.at(8)),  number(fields.at(9)),
                         number(fields.at(10)), number(fields.at(11)), number(fields.at(12)),
                         number(fields.at(13)), number(fields.at(14))};
    } else {
      dump_.samples.push_back({fields.at(3), transport(fields.at(1)), side(fields.at(2)),
                               octets(fields.at(4)), kind == "example", fields.at(5)});
    }
  }

  void takePattern(const Fields& fields) {
    if (fields.size() != 13) {
      throw std::runtime_error("the dump is an older one: make it anew, see signatures/README.md");
    }
    const std::vector<uint8_t> regex = octets(fields.at(8));
    dump_.set.patterns.push_back({.regex = std::string(regex.begin(), regex.end()),
                                  .caseless = fields.at(7) == "caseless",
                                  .transport = transport(fields.at(1)),
                                  .side = side(fields.at(2)),
                                  .application = number(fields.at(3)),
                                  .protocol = number(fields.at(10)),
                                  .ordinal = static_cast<uint16_t>(number(fields.at(11))),
                                  .isBehaviour = fields.at(12) == "behaviour",
                                  .priority = std::stoi(fields.at(4)),
                                  .minimumDatagramBytes = number(fields.at(5)),
                                  .maximumDatagramBytes = number(fields.at(6)),
                                  .source = fields.at(9)});
  }

  static uint32_t number(const std::string& text) {
    return static_cast<uint32_t>(std::stoul(text));
  }
  static Transport transport(const std::string& text) {
    return text == "tcp" ? Transport::TCP : Transport::UDP;
  }
  static StreamSide side(const std::string& text) {
    return text == "client" ? StreamSide::CLIENT : StreamSide::SERVER;
  }
  static std::vector<uint8_t> octets(const std::string& hex) {
    std::vector<uint8_t> octets;
    for (size_t i = 0; i + 1 < hex.size(); i += 2) {
      octets.push_back(static_cast<uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
    }
    return octets;
  }

  SignatureDump dump_;
};

}  // namespace weir
