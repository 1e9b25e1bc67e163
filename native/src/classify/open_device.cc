// SPDX-License-Identifier: Apache-2.0
#include "classify/open_device.h"

#include <algorithm>

namespace weir {
namespace {

uint32_t firstDevice(const NcoreLibrary& library) {
  uint32_t number = 0;
  uint32_t count = 0;
  library.check(library->listDevices(&number, 1, &count), "list devices");
  if (count == 0) throw EngineError(EngineFailure::UNAVAILABLE, "ncore: there is no device");
  return number;
}

}  // namespace

OpenDevice::OpenDevice(std::shared_ptr<const NcoreLibrary> library, uint32_t number,
                       const std::string& settings)
    : library_(std::move(library)) {
  const std::string what = number == NCORE_DEVICE_EMULATOR
                               ? std::string("open the emulator")
                               : "open device " + std::to_string(number);
  const NcoreStatus opened =
      (*library_)->openDevice(number, settings.empty() ? nullptr : settings.c_str(), &handle_);
  library_->checkMade(opened, handle_, what);
  capabilities_.sizeBytes = sizeof capabilities_;
  const NcoreStatus queried = (*library_)->queryCapabilities(handle_, &capabilities_);
  if (queried == NCORE_OK) return;
  (*library_)->closeDevice(handle_);
  library_->check(queried, "query capabilities");
}

OpenDevice::~OpenDevice() { (*library_)->closeDevice(handle_); }

uint32_t OpenDevice::numberOf(const Regex& regex) {
  const std::lock_guard lock(mutex_);
  const auto [found, isNew] = numbers_.try_emplace(regex, static_cast<uint32_t>(regexes_.size()));
  if (isNew) {
    regexes_.push_back(regex);
    numbered_.store(static_cast<uint32_t>(regexes_.size()), std::memory_order_release);
  }
  return found->second;
}

std::map<uint32_t, OpenDevice::Regex> OpenDevice::inUse() const {
  std::map<uint32_t, Regex> used;
  const std::lock_guard lock(mutex_);
  for (const LoadedSet& set : sets_) {
    if (set.isOver) continue;
    for (const uint32_t number : set.numbers) used.emplace(number, regexes_[number]);
  }
  return used;
}

EngineError OpenDevice::noRoomBesideOlder() {
  return {EngineFailure::UNAVAILABLE,
          "ncore: the device has no room for the signatures beside older ones, which are at work "
          "until their flows are over"};
}

/// Activated at once, and not by the first lane that uses it: it would wait for the device.
uint64_t OpenDevice::load(const ::NcoreDatabase* compiled, std::vector<uint32_t> numbers) {
  const bool isAlone = hasNoSets();  // asked before: others may go while it lasts
  uint32_t id = 0;
  const NcoreStatus status = (*library_)->loadDatabase(handle_, compiled, &id);
  if (status == NCORE_OUT_OF_PATTERNS && !isAlone) throw noRoomBesideOlder();
  library_->check(status, "load the signatures");
  const std::lock_guard lock(mutex_);
  sets_.push_back({++newest_, id, std::move(numbers)});
  const NcoreStatus activated = makeActive(sets_.back());
  sets_.back().isOver = activated != NCORE_OK;
  unloadOver();
  library_->check(activated, "activate the signatures");
  return newest_;
}

bool OpenDevice::hasNoSets() const {
  const std::lock_guard lock(mutex_);
  return sets_.empty();
}

const OpenDevice::LoadedSet* OpenDevice::find(uint64_t generation) const {
  const auto found = std::find_if(sets_.begin(), sets_.end(), [&](const LoadedSet& set) {
    return set.generation == generation;
  });
  return found == sets_.end() ? nullptr : &*found;
}

NcoreStatus OpenDevice::makeActive(const LoadedSet& set) {
  const NcoreStatus status = (*library_)->activateDatabase(handle_, set.databaseId);
  if (status == NCORE_OK) active_ = set.generation;
  return status;
}

void OpenDevice::unload(uint64_t generation) {
  const std::lock_guard lock(mutex_);
  const LoadedSet* newest = nullptr;
  for (LoadedSet& set : sets_) {
    if (set.generation == generation) set.isOver = true;
    if (!set.isOver) newest = &set;
  }
  if (active_ == generation && newest != nullptr) (void)makeActive(*newest);
  unloadOver();
}

void OpenDevice::unloadOver() {
  std::erase_if(sets_, [this](const LoadedSet& set) {
    if (!set.isOver || set.generation == active_) return false;
    (*library_)->unloadDatabase(handle_, set.databaseId);
    return true;
  });
}

size_t OpenDevice::streamBytes(uint64_t generation) const {
  const std::lock_guard lock(mutex_);
  NcoreDatabaseInfo info{};
  info.sizeBytes = sizeof info;
  const NcoreStatus status =
      (*library_)->queryDatabase(handle_, find(generation)->databaseId, &info);
  return status == NCORE_OK ? info.streamBytes : 0;
}

std::shared_ptr<OpenDevice> openDevice(const EngineChoice& choice, const DeviceOptions& options) {
  const bool isEmulator = choice.engine == Engine::EMULATOR;
  if (!isEmulator && options.library.empty()) {
    throw EngineError(EngineFailure::UNAVAILABLE,
                      "the engine ncore needs its vendor's library: name it with --ncore-library.");
  }
  auto library = isEmulator ? NcoreLibrary::builtIn() : NcoreLibrary::open(options.library);
  uint32_t number = isEmulator ? NCORE_DEVICE_EMULATOR : choice.device;
  if (number == EngineChoice::FIRST_DEVICE && !isEmulator) number = firstDevice(*library);
  return std::make_shared<OpenDevice>(std::move(library), number, options.settings);
}

/// Opened without the lock: a device that hangs there holds nobody else up.
std::shared_ptr<OpenDevice> OpenDevices::open(size_t rank, const EngineChoice& choice,
                                              const DeviceOptions& options) {
  {
    const std::lock_guard lock(mutex_);
    if (auto device = usable(rank)) return device;
  }
  auto opened = openDevice(choice, options);
  const std::lock_guard lock(mutex_);
  if (auto device = usable(rank)) return device;  // another thread was faster
  devices_[rank] = opened;
  return opened;
}

/// Null: there is none.
std::shared_ptr<OpenDevice> OpenDevices::usable(size_t rank) {
  auto device = devices_[rank].lock();
  return device && !device->hasFailed() ? device : nullptr;
}

}  // namespace weir
