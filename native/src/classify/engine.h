// SPDX-License-Identifier: Apache-2.0
// What can match patterns, in which order it is asked for, and how a device is treated.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir {

enum class Engine : uint8_t {
  HYPERSCAN,  ///< Intel's library, in the lane's thread
  EMULATOR,   ///< the ncore device in software
  NCORE,      ///< a device of a vendor's ncore library
  NONE,       ///< matches nothing: flows are named by protocol number and expectation only
};

struct EngineChoice {
  static constexpr uint32_t FIRST_DEVICE = UINT32_MAX;

  Engine engine = Engine::HYPERSCAN;
  uint32_t device = FIRST_DEVICE;  ///< NCORE only; FIRST_DEVICE: the first that its library lists
};

/// As it is spelt in a configuration: "ncore:2".
std::string nameOf(const EngineChoice& choice);

/// What answers later than it is asked, and can fail.
constexpr bool isDevice(const EngineChoice& choice) {
  return choice.engine == Engine::EMULATOR || choice.engine == Engine::NCORE;
}

struct DeviceOptions {
  std::string library;           ///< path of a vendor's; "": the built-in one
  std::string settings;          ///< as NcoreApi::openDevice takes them; "": none
  int64_t gatherNs = 1'000'000;  ///< payloads wait no longer for others, while packets come
};

/// `order` is not empty. What stands first is used, the next when it is not to be had or fails.
struct EngineOptions {
  std::vector<EngineChoice> order{EngineChoice{}};
  DeviceOptions device;  ///< of NCORE; settings: of the first in the order that is a device
  int64_t deadlineNs = 1'000'000'000;  ///< a device that completes nothing for so long has failed
  uint64_t journalBytesMax = uint64_t{256} << 20;  ///< a lane's; see StreamJournal
};

}  // namespace weir
