// SPDX-License-Identifier: Apache-2.0
// What devicespeed measures: a device behind ncore.h, or Hyperscan called directly, which takes the
// same jobs so that both are fed alike. One thread.
#pragma once

#include <ncore.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace bench {

struct RegexPattern {
  std::string regex;
  bool isCaseless = false;
};

/// Lines of a regex in hexadecimal and `caseless` or `exact`. Throws std::runtime_error.
std::vector<RegexPattern> readPatterns(const std::string& file);

struct SpeedDeviceOptions {
  std::string device;    ///< emulator, hyperscan, or the path of a library that speaks ncore.h
  std::string settings;  ///< for openDevice
  uint32_t streams = 0;
  uint32_t depth = 0;  ///< jobs in flight
};

class SpeedDevice {
 public:
  virtual ~SpeedDevice() = default;

  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual uint32_t channels() const = 0;
  [[nodiscard]] virtual uint32_t acceptedPatterns() const = 0;
  [[nodiscard]] virtual uint64_t events() const = 0;  ///< so far

  /// How many it took, from the first on.
  virtual uint32_t submit(std::span<const NcoreJob> jobs) = 0;
  /// How many jobs it has done since the last time, in order of submission. Throws
  /// std::runtime_error when one failed.
  virtual uint32_t poll() = 0;
  /// For something to poll; not long.
  virtual void wait() = 0;
};

/// Throws std::runtime_error.
std::unique_ptr<SpeedDevice> openSpeedDevice(const SpeedDeviceOptions& options,
                                             const std::vector<RegexPattern>& patterns);
std::unique_ptr<SpeedDevice> openNcoreDevice(const SpeedDeviceOptions& options,
                                             const std::vector<RegexPattern>& patterns);
std::unique_ptr<SpeedDevice> openHyperscan(const SpeedDeviceOptions& options,
                                           const std::vector<RegexPattern>& patterns);

}  // namespace bench
