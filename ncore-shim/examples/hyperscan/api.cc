// SPDX-License-Identifier: Apache-2.0
// The table of functions: checks arguments, and lets no exception pass.
#include <algorithm>
#include <cstring>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

#include "database.h"
#include "device.h"
#include "ncore.h"
#include "queue.h"

struct NcoreDatabase {
  hyperscan_device::DatabasePtr content;
};

struct NcoreDevice {
  hyperscan_device::Device device;
};

struct NcoreQueue {
  hyperscan_device::Queue queue;
};

namespace hyperscan_device {
namespace {

template <typename Function>
NcoreStatus guarded(Function function) {
  try {
    return function();
  } catch (const std::bad_alloc&) {
    return NCORE_OUT_OF_MEMORY;
  } catch (const std::length_error&) {
    return NCORE_OUT_OF_MEMORY;
  } catch (const std::system_error&) {  // no thread
    return NCORE_OUT_OF_MEMORY;
  }
}

// A struct whose first field is the size that the host knows of it; writes no more than that.
template <typename Struct>
NcoreStatus giveSized(Struct value, Struct* out) {
  const uint32_t size = out->sizeBytes;
  if (size < sizeof size) return NCORE_BAD_ARGUMENT;
  value.sizeBytes = size;
  std::memcpy(out, &value, std::min<size_t>(size, sizeof value));
  return NCORE_OK;
}

// Whether the host's struct has what it must have, and nothing else that is not 0.
template <typename Struct>
bool isKnown(const Struct& given) {
  if (given.sizeBytes < sizeof given || given.reserved != 0) return false;
  const auto* const bytes = reinterpret_cast<const char*>(&given);
  return std::all_of(bytes + sizeof given, bytes + given.sizeBytes,
                     [](char byte) { return byte == 0; });
}

const char* statusText(NcoreStatus status) {
  switch (status) {
    case NCORE_OK:
      return "ok";
    case NCORE_BAD_ARGUMENT:
      return "bad argument";
    case NCORE_ABI_MISMATCH:
      return "another version of the ABI";
    case NCORE_NO_DEVICE:
      return "no device with that number";
    case NCORE_DEVICE_LOST:
      return "the device is lost";
    case NCORE_OUT_OF_MEMORY:
      return "out of memory";
    case NCORE_OUT_OF_PATTERNS:
      return "out of pattern memory";
    case NCORE_OUT_OF_QUEUES:
      return "out of queues";
    case NCORE_STALE_GENERATION:
      return "no such stream in the slot";
    case NCORE_NO_DATABASE:
      return "no such database, or none active";
    case NCORE_BUSY:
      return "in use";
    case NCORE_RING_FULL:
      return "as many jobs in flight as may be";
    case NCORE_EVENTS_TRUNCATED:
      return "more events than are reported";
    case NCORE_TIMEOUT:
      return "the job was given up";
    case NCORE_BAD_FORMAT:
      return "damaged, or of another implementation";
    case NCORE_UNSUPPORTED:
      return "no such function";
    default:
      return "unknown status";
  }
}

NcoreStatus listDevices(uint32_t* numbers, uint32_t capacity, uint32_t* count) {
  if (count == nullptr || (numbers == nullptr && capacity > 0)) return NCORE_BAD_ARGUMENT;
  if (capacity > 0) numbers[0] = Device::NUMBER;
  *count = 1;
  return NCORE_OK;
}

bool isSound(const NcorePattern& pattern) {
  return pattern.reserved == 0 && (pattern.regex != nullptr || pattern.lengthBytes == 0);
}

NcoreStatus compile(const NcorePattern* patterns, uint32_t count, NcorePatternReport* reports,
                    NcoreDatabase** database) {
  if (database == nullptr || (patterns == nullptr && count > 0)) return NCORE_BAD_ARGUMENT;
  const std::span given(patterns, count);
  for (const NcorePattern& pattern : given) {
    if (!isSound(pattern)) return NCORE_BAD_ARGUMENT;
  }
  return guarded([&] {
    const std::span reported(reports, reports == nullptr ? 0 : count);
    *database = new NcoreDatabase{Database::compile(given, reported)};
    return NCORE_OK;
  });
}

void freeDatabase(NcoreDatabase* database) { delete database; }

NcoreStatus saveDatabase(const NcoreDatabase* database, uint8_t* bytes, uint64_t capacity,
                         uint64_t* sizeBytes) {
  if (database == nullptr || sizeBytes == nullptr) return NCORE_BAD_ARGUMENT;
  if (bytes == nullptr && capacity > 0) return NCORE_BAD_ARGUMENT;
  return guarded([&] {
    const std::string saved = database->content->save();
    *sizeBytes = saved.size();
    if (capacity < saved.size()) return NCORE_BAD_ARGUMENT;
    std::copy(saved.begin(), saved.end(), bytes);
    return NCORE_OK;
  });
}

NcoreStatus restoreDatabase(const uint8_t* bytes, uint64_t sizeBytes, NcoreDatabase** database) {
  if (database == nullptr || (bytes == nullptr && sizeBytes > 0)) return NCORE_BAD_ARGUMENT;
  return guarded([&] {
    DatabasePtr restored = Database::restore({reinterpret_cast<const char*>(bytes), sizeBytes});
    if (!restored) return NCORE_BAD_FORMAT;
    *database = new NcoreDatabase{std::move(restored)};
    return NCORE_OK;
  });
}

// The one setting: worker=thread (the default) or worker=caller. Nothing for others.
std::optional<Worker> parseOptions(std::string_view options) {
  Worker worker = Worker::THREAD;
  while (!options.empty()) {
    const std::string_view option = options.substr(0, options.find(','));
    options.remove_prefix(std::min(options.size(), option.size() + 1));
    if (option != "worker=thread" && option != "worker=caller") return std::nullopt;
    worker = option == "worker=caller" ? Worker::CALLER : Worker::THREAD;
  }
  return worker;
}

NcoreStatus openDevice(uint32_t number, const char* options, NcoreDevice** device) {
  if (device == nullptr) return NCORE_BAD_ARGUMENT;
  if (number != Device::NUMBER) return NCORE_NO_DEVICE;
  const std::optional<Worker> worker = parseOptions(options == nullptr ? "" : options);
  if (!worker) return NCORE_BAD_ARGUMENT;
  return guarded([&] {
    *device = new NcoreDevice{hyperscan_device::Device(*worker)};
    return NCORE_OK;
  });
}

NcoreStatus closeDevice(NcoreDevice* device) {
  if (device == nullptr) return NCORE_BAD_ARGUMENT;
  if (device->device.isInUse()) return NCORE_BUSY;
  delete device;
  return NCORE_OK;
}

NcoreStatus queryCapabilities(const NcoreDevice* device, NcoreCapabilities* capabilities) {
  if (device == nullptr || capabilities == nullptr) return NCORE_BAD_ARGUMENT;
  return giveSized(device->device.capabilities(), capabilities);
}

NcoreStatus loadDatabase(NcoreDevice* device, const NcoreDatabase* database, uint32_t* databaseId) {
  if (device == nullptr || database == nullptr || databaseId == nullptr) return NCORE_BAD_ARGUMENT;
  return guarded([&] {
    *databaseId = device->device.load(database->content);
    return NCORE_OK;
  });
}

NcoreStatus activateDatabase(NcoreDevice* device, uint32_t databaseId) {
  return device == nullptr ? NCORE_BAD_ARGUMENT : device->device.activate(databaseId);
}

NcoreStatus unloadDatabase(NcoreDevice* device, uint32_t databaseId) {
  return device == nullptr ? NCORE_BAD_ARGUMENT : device->device.unload(databaseId);
}

NcoreStatus queryDatabase(const NcoreDevice* device, uint32_t databaseId, NcoreDatabaseInfo* info) {
  if (device == nullptr || info == nullptr) return NCORE_BAD_ARGUMENT;
  NcoreDatabaseInfo known{};
  if (const NcoreStatus status = device->device.query(databaseId, known); status != NCORE_OK) {
    return status;
  }
  return giveSized(known, info);
}

// Hyperscan reads any memory of the host's.
NcoreStatus registerMemory(NcoreDevice* device, void* base, uint64_t) {
  return device == nullptr || base == nullptr ? NCORE_BAD_ARGUMENT : NCORE_UNSUPPORTED;
}

NcoreStatus unregisterMemory(NcoreDevice* device, void* base) {
  return device == nullptr || base == nullptr ? NCORE_BAD_ARGUMENT : NCORE_UNSUPPORTED;
}

NcoreStatus openQueue(NcoreDevice* device, const NcoreQueueOptions* options, NcoreQueue** queue) {
  if (device == nullptr || options == nullptr || queue == nullptr) return NCORE_BAD_ARGUMENT;
  if (!isKnown(*options)) return NCORE_BAD_ARGUMENT;
  if (options->streams == 0 || options->depth == 0) return NCORE_BAD_ARGUMENT;
  if (options->streams > Device::STREAMS_MAX) return NCORE_BAD_ARGUMENT;
  if (options->depth > Device::QUEUE_DEPTH_MAX) return NCORE_BAD_ARGUMENT;
  return guarded([&] {
    *queue = new NcoreQueue{{device->device, *options}};
    return NCORE_OK;
  });
}

NcoreStatus closeQueue(NcoreQueue* queue) {
  if (queue == nullptr) return NCORE_BAD_ARGUMENT;
  delete queue;
  return NCORE_OK;
}

NcoreStatus submit(NcoreQueue* queue, const NcoreJob* jobs, uint32_t count, uint32_t* accepted) {
  if (queue == nullptr || accepted == nullptr || (jobs == nullptr && count > 0)) {
    return NCORE_BAD_ARGUMENT;
  }
  *accepted = 0;
  return guarded([&] {
    *accepted = queue->queue.submit({jobs, count});
    return *accepted == 0 && count > 0 ? NCORE_RING_FULL : NCORE_OK;
  });
}

NcoreStatus poll(NcoreQueue* queue, NcorePoll* results) {
  if (queue == nullptr || results == nullptr) return NCORE_BAD_ARGUMENT;
  if (!isKnown(*results)) return NCORE_BAD_ARGUMENT;
  if (results->completions == nullptr && results->completionCapacity > 0) return NCORE_BAD_ARGUMENT;
  if (results->events == nullptr && results->eventCapacity > 0) return NCORE_BAD_ARGUMENT;
  results->completionCount = 0;
  results->eventCount = 0;
  return guarded([&] {
    queue->queue.poll(*results);
    return NCORE_OK;
  });
}

NcoreStatus queueEventFd(NcoreQueue* queue, int32_t* fd) {
  if (queue == nullptr || fd == nullptr) return NCORE_BAD_ARGUMENT;
  *fd = queue->queue.eventFd();
  return NCORE_OK;
}

constexpr NcoreApi API = {
    .abiVersion = NCORE_ABI_VERSION,
    .sizeBytes = sizeof(NcoreApi),
    .implementation = "ncore example over Hyperscan 2",
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
}  // namespace hyperscan_device

NcoreStatus ncoreGetApi(uint32_t abiVersion, const NcoreApi** api) {
  if (api == nullptr) return NCORE_BAD_ARGUMENT;
  if (abiVersion != NCORE_ABI_VERSION) return NCORE_ABI_MISMATCH;
  *api = &hyperscan_device::API;
  return NCORE_OK;
}
