// SPDX-License-Identifier: Apache-2.0
// The C ABI over the emulator: checks arguments, and lets no exception pass. Nothing else is here.
#include <algorithm>
#include <memory>
#include <new>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "device_options.h"
#include "emulator_device.h"
#include "emulator_queue.h"
#include "ncore.h"
#include "pattern_database.h"

struct NcoreDatabase {
  std::shared_ptr<const weir::ncore::PatternDatabase> patterns;
};

struct NcoreDevice {
  explicit NcoreDevice(const weir::ncore::DeviceOptions& options) : emulator(options) {}
  weir::ncore::EmulatorDevice emulator;
};

struct NcoreQueue {
  NcoreQueue(weir::ncore::EmulatorDevice& device, const NcoreQueueOptions& options)
      : emulator(device, options) {}
  weir::ncore::EmulatorQueue emulator;
};

namespace weir::ncore {

namespace {

template <typename Function>
NcoreStatus guarded(Function function) {
  try {
    return function();
  } catch (const std::bad_alloc&) {
    return NCORE_OUT_OF_MEMORY;
  } catch (const std::length_error&) {
    return NCORE_OUT_OF_MEMORY;
  } catch (const std::system_error&) {  // no more threads
    return NCORE_OUT_OF_MEMORY;
  } catch (const EmulatorDevice::OutOfQueues&) {
    return NCORE_OUT_OF_QUEUES;
  } catch (const EmulatorDevice::TooManyOpen&) {
    return NCORE_BUSY;
  } catch (const EmulatorDevice::NotBackYet&) {
    return NCORE_NO_DEVICE;
  }
}

// Whether the host's structure has what it must have, and nothing else that is not 0.
template <typename Struct>
bool isKnown(const Struct& given) {
  if (given.sizeBytes < sizeof(Struct) || given.reserved != 0) return false;
  const auto* const bytes = reinterpret_cast<const uint8_t*>(&given);
  const std::span<const uint8_t> unknown(bytes + sizeof(Struct), bytes + given.sizeBytes);
  return std::all_of(unknown.begin(), unknown.end(), [](uint8_t byte) { return byte == 0; });
}

const char* statusText(NcoreStatus status) {
  static constexpr const char* TEXTS[] = {
      "ok",
      "bad argument",
      "ABI version not spoken",
      "no such device",
      "device lost",
      "out of host memory",
      "out of pattern memory",
      "out of queues",
      "no stream of that generation in the slot",
      "no such database, or none active",
      "in use",
      "ring full",
      "events truncated",
      "job timed out",
      "bad format",
      "not supported by this device",
  };
  const bool hasText = status >= 0 && static_cast<size_t>(status) < std::size(TEXTS);
  return hasText ? TEXTS[status] : "unknown status";
}

NcoreStatus listDevices(uint32_t* numbers, uint32_t capacity, uint32_t* count) {
  if (count == nullptr || (numbers == nullptr && capacity > 0)) return NCORE_BAD_ARGUMENT;
  if (capacity > 0) numbers[0] = NCORE_DEVICE_EMULATOR;
  *count = 1;
  return NCORE_OK;
}

NcoreStatus compile(const NcorePattern* patterns, uint32_t count, NcorePatternReport* reports,
                    NcoreDatabase** database) {
  if (database == nullptr || (patterns == nullptr && count > 0)) return NCORE_BAD_ARGUMENT;
  for (const NcorePattern& pattern : std::span(patterns, count)) {
    const bool nullRegex = pattern.regex == nullptr && pattern.lengthBytes > 0;
    if (nullRegex || pattern.reserved != 0) return NCORE_BAD_ARGUMENT;
  }
  return guarded([&] {
    const std::span<NcorePatternReport> reported(reports, reports == nullptr ? 0 : count);
    auto compiled = std::make_shared<const PatternDatabase>(std::span(patterns, count), reported);
    *database = new NcoreDatabase{std::move(compiled)};
    return NCORE_OK;
  });
}

void freeDatabase(NcoreDatabase* database) { delete database; }

NcoreStatus saveDatabase(const NcoreDatabase* database, uint8_t* bytes, uint64_t capacity,
                         uint64_t* sizeBytes) {
  if (database == nullptr || sizeBytes == nullptr) return NCORE_BAD_ARGUMENT;
  const std::vector<uint8_t>& saved = database->patterns->saved();
  *sizeBytes = saved.size();
  if (capacity < saved.size() || bytes == nullptr) return NCORE_BAD_ARGUMENT;
  std::copy(saved.begin(), saved.end(), bytes);
  return NCORE_OK;
}

NcoreStatus restoreDatabase(const uint8_t* bytes, uint64_t sizeBytes, NcoreDatabase** database) {
  if (database == nullptr || (bytes == nullptr && sizeBytes > 0)) return NCORE_BAD_ARGUMENT;
  return guarded([&] {
    auto restored = PatternDatabase::restore({bytes, sizeBytes});
    if (restored == nullptr) return NCORE_BAD_FORMAT;
    *database = new NcoreDatabase{std::move(restored)};
    return NCORE_OK;
  });
}

NcoreStatus openDevice(uint32_t number, const char* options, NcoreDevice** device) {
  if (device == nullptr) return NCORE_BAD_ARGUMENT;
  if (number != NCORE_DEVICE_EMULATOR) return NCORE_NO_DEVICE;
  return guarded([&]() -> NcoreStatus {
    const auto parsed = parseDeviceOptions(options);
    if (!parsed) return NCORE_BAD_ARGUMENT;
    *device = new NcoreDevice(*parsed);
    return NCORE_OK;
  });
}

NcoreStatus closeDevice(NcoreDevice* device) {
  if (device == nullptr) return NCORE_BAD_ARGUMENT;
  if (device->emulator.inUse()) return NCORE_BUSY;
  delete device;
  return NCORE_OK;
}

NcoreStatus queryCapabilities(const NcoreDevice* device, NcoreCapabilities* capabilities) {
  if (device == nullptr || capabilities == nullptr) return NCORE_BAD_ARGUMENT;
  if (capabilities->sizeBytes < sizeof capabilities->sizeBytes) return NCORE_BAD_ARGUMENT;
  device->emulator.describe(*capabilities);
  return NCORE_OK;
}

NcoreStatus loadDatabase(NcoreDevice* device, const NcoreDatabase* database, uint32_t* databaseId) {
  if (device == nullptr || database == nullptr || databaseId == nullptr) return NCORE_BAD_ARGUMENT;
  return guarded([&] { return device->emulator.load(database->patterns, *databaseId); });
}

NcoreStatus activateDatabase(NcoreDevice* device, uint32_t databaseId) {
  if (device == nullptr) return NCORE_BAD_ARGUMENT;
  return device->emulator.activate(databaseId);
}

NcoreStatus unloadDatabase(NcoreDevice* device, uint32_t databaseId) {
  if (device == nullptr) return NCORE_BAD_ARGUMENT;
  return device->emulator.unload(databaseId);
}

NcoreStatus queryDatabase(const NcoreDevice* device, uint32_t databaseId, NcoreDatabaseInfo* info) {
  if (device == nullptr || info == nullptr) return NCORE_BAD_ARGUMENT;
  if (info->sizeBytes < sizeof info->sizeBytes) return NCORE_BAD_ARGUMENT;
  return device->emulator.query(databaseId, *info);
}

// The emulator reads job bytes where they lie, and knows of memory only when it is to.
NcoreStatus registerMemory(NcoreDevice* device, void* base, uint64_t sizeBytes) {
  if (device == nullptr || base == nullptr || sizeBytes == 0) return NCORE_BAD_ARGUMENT;
  RegisteredMemory* const memory = device->emulator.memory();
  if (memory == nullptr) return NCORE_UNSUPPORTED;
  return guarded(
      [&] { return memory->add(reinterpret_cast<RegisteredMemory::Address>(base), sizeBytes); });
}

NcoreStatus unregisterMemory(NcoreDevice* device, void* base) {
  if (device == nullptr || base == nullptr) return NCORE_BAD_ARGUMENT;
  RegisteredMemory* const memory = device->emulator.memory();
  if (memory == nullptr) return NCORE_UNSUPPORTED;
  return memory->remove(reinterpret_cast<RegisteredMemory::Address>(base));
}

NcoreStatus openQueue(NcoreDevice* device, const NcoreQueueOptions* options, NcoreQueue** queue) {
  if (device == nullptr || options == nullptr || queue == nullptr) return NCORE_BAD_ARGUMENT;
  if (!isKnown(*options)) return NCORE_BAD_ARGUMENT;
  if (options->streams == 0 || options->depth == 0) return NCORE_BAD_ARGUMENT;
  if (options->streams > device->emulator.streamsMax()) return NCORE_BAD_ARGUMENT;
  if (options->depth > device->emulator.options().depthMax) return NCORE_BAD_ARGUMENT;
  if (device->emulator.isLost()) return NCORE_DEVICE_LOST;
  return guarded([&] {
    *queue = new NcoreQueue(device->emulator, *options);
    return NCORE_OK;
  });
}

NcoreStatus closeQueue(NcoreQueue* queue) {
  if (queue == nullptr) return NCORE_BAD_ARGUMENT;
  delete queue;
  return NCORE_OK;
}

NcoreStatus submit(NcoreQueue* queue, const NcoreJob* jobs, uint32_t count, uint32_t* accepted) {
  if (accepted == nullptr) return NCORE_BAD_ARGUMENT;
  *accepted = 0;
  if (queue == nullptr || (jobs == nullptr && count > 0)) return NCORE_BAD_ARGUMENT;
  return guarded([&] { return queue->emulator.submit({jobs, count}, *accepted); });
}

NcoreStatus poll(NcoreQueue* queue, NcorePoll* results) {
  if (queue == nullptr || results == nullptr) return NCORE_BAD_ARGUMENT;
  if (!isKnown(*results)) return NCORE_BAD_ARGUMENT;
  if (results->completions == nullptr && results->completionCapacity > 0) return NCORE_BAD_ARGUMENT;
  if (results->events == nullptr && results->eventCapacity > 0) return NCORE_BAD_ARGUMENT;
  return queue->emulator.poll(*results);
}

NcoreStatus queueEventFd(NcoreQueue* queue, int32_t* fd) {
  if (queue == nullptr || fd == nullptr) return NCORE_BAD_ARGUMENT;
  return queue->emulator.eventFd(*fd);
}

constexpr NcoreApi API = {
    .abiVersion = NCORE_ABI_VERSION,
    .sizeBytes = sizeof(NcoreApi),
    .implementation = "Weir ncore emulator 3",
    .statusText = statusText,
    .listDevices = listDevices,
    .compile = compile,
    .freeDatabase = freeDatabase,
    .saveDatabase = saveDatabase,
    .restoreDatabase = restoreDatabase,
    .openDevice = openDevice,
    .closeDevice = closeDevice,
    .queryCapabilities = queryCapabilities,
    .loadDatabase = loadDatabase,
    .activateDatabase = activateDatabase,
    .unloadDatabase = unloadDatabase,
    .queryDatabase = queryDatabase,
    .registerMemory = registerMemory,
    .unregisterMemory = unregisterMemory,
    .openQueue = openQueue,
    .closeQueue = closeQueue,
    .submit = submit,
    .poll = poll,
    .queueEventFd = queueEventFd,
};

}  // namespace

}  // namespace weir::ncore

NcoreStatus ncoreGetApi(uint32_t abiVersion, const NcoreApi** api) {
  if (api == nullptr) return NCORE_BAD_ARGUMENT;
  if (abiVersion != NCORE_ABI_VERSION) return NCORE_ABI_MISMATCH;
  *api = &weir::ncore::API;
  return NCORE_OK;
}
