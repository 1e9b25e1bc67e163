// SPDX-License-Identifier: Apache-2.0
#include "speed_device.h"

#include <fstream>
#include <stdexcept>

namespace bench {
namespace {

std::string fromHex(const std::string& hex) {
  std::string octets;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    octets.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return octets;
}

}  // namespace

std::vector<RegexPattern> readPatterns(const std::string& file) {
  std::ifstream input(file);
  std::vector<RegexPattern> patterns;
  for (std::string hex, caseness; input >> hex >> caseness;) {
    patterns.push_back({fromHex(hex), caseness == "caseless"});
  }
  if (patterns.empty()) throw std::runtime_error("no patterns in " + file);
  return patterns;
}

std::unique_ptr<SpeedDevice> openSpeedDevice(const SpeedDeviceOptions& options,
                                             const std::vector<RegexPattern>& patterns) {
  if (options.device == "hyperscan") return openHyperscan(options, patterns);
  return openNcoreDevice(options, patterns);
}

}  // namespace bench
