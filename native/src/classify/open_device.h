// SPDX-License-Identifier: Apache-2.0
// A device that is open, and the signature sets that are loaded into it: several at once, while
// flows of older signatures last. New streams of all queues are matched by the newest.
#pragma once

#include <ncore.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "classify/engine.h"
#include "classify/ncore_library.h"

namespace weir {

/// Any thread.
class OpenDevice {
 public:
  /// A spelling that a device matches, and whether it is caseless.
  using Regex = std::pair<std::string, bool>;

  /// Throws EngineError.
  OpenDevice(std::shared_ptr<const NcoreLibrary> library, uint32_t number,
             const std::string& settings);
  ~OpenDevice();
  OpenDevice(const OpenDevice&) = delete;
  OpenDevice& operator=(const OpenDevice&) = delete;

  [[nodiscard]] const NcoreLibrary& library() const { return *library_; }
  [[nodiscard]] NcoreDevice* handle() const { return handle_; }
  [[nodiscard]] const NcoreCapabilities& capabilities() const { return capabilities_; }

  /// The pattern id of the regex, the same in all sets: a stream is matched by the newest set,
  /// whichever set asked for it.
  [[nodiscard]] uint32_t numberOf(const Regex& regex);
  /// Whether it was given to any regex.
  [[nodiscard]] bool hasNumbered(uint32_t number) const {
    return number < numbered_.load(std::memory_order_acquire);
  }
  /// Numbers of the sets that are loaded: their streams look for them.
  [[nodiscard]] std::map<uint32_t, Regex> inUse() const;

  /// Held from `inUse` until what was compiled by it is loaded: of two sets that come at the same
  /// time, the newer one has the other's patterns. Never taken by a lane.
  [[nodiscard]] std::mutex& loading() { return loading_; }

  /// UNAVAILABLE: older flows need the room yet.
  [[nodiscard]] static EngineError noRoomBesideOlder();

  /// Loads a set, of which the caller looks for `numbers`, and opens streams with it from now on;
  /// its generation. Throws EngineError, and all is as before: UNAVAILABLE when there is no room
  /// for it beside others that are loaded.
  [[nodiscard]] uint64_t load(const ::NcoreDatabase* compiled, std::vector<uint32_t> numbers);
  /// Streams that were opened with it go on. When it was active, the newest of the others is.
  void unload(uint64_t generation);

  [[nodiscard]] size_t streamBytes(uint64_t generation) const;

  /// No set is to be loaded into it any more: it is lost, hangs or breaks the ABI.
  void markFailed() { hasFailed_ = true; }
  [[nodiscard]] bool hasFailed() const { return hasFailed_; }

 private:
  struct LoadedSet {
    uint64_t generation = 0;
    uint32_t databaseId = 0;
    std::vector<uint32_t> numbers;
    bool isOver = false;  ///< unloaded as soon as it is not active
  };

  [[nodiscard]] bool hasNoSets() const;
  [[nodiscard]] const LoadedSet* find(uint64_t generation) const;
  [[nodiscard]] NcoreStatus makeActive(const LoadedSet& set);
  void unloadOver();

  const std::shared_ptr<const NcoreLibrary> library_;
  NcoreDevice* handle_ = nullptr;
  NcoreCapabilities capabilities_{};
  std::mutex loading_;
  mutable std::mutex
      mutex_;  ///< of the next five; never taken by a lane: a device is asked under it
  std::map<Regex, uint32_t> numbers_;
  std::vector<Regex> regexes_;   ///< by number
  std::vector<LoadedSet> sets_;  ///< oldest first
  uint64_t newest_ = 0;
  uint64_t active_ = 0;  ///< generation; 0: none
  std::atomic<uint32_t> numbered_{0};
  std::atomic<bool> hasFailed_{false};
};

/// Opens the device that is chosen, EMULATOR or NCORE. Throws EngineError.
std::shared_ptr<OpenDevice> openDevice(const EngineChoice& choice, const DeviceOptions& options);

/// The devices of an order, by rank, for all generations of signatures: a device need not be
/// openable twice. Any thread.
class OpenDevices {
 public:
  /// The one that is open, unless it has failed, or opens it. Throws EngineError.
  [[nodiscard]] std::shared_ptr<OpenDevice> open(size_t rank, const EngineChoice& choice,
                                                 const DeviceOptions& options);

 private:
  [[nodiscard]] std::shared_ptr<OpenDevice> usable(size_t rank);

  std::mutex mutex_;
  std::map<size_t, std::weak_ptr<OpenDevice>> devices_;
};

}  // namespace weir
