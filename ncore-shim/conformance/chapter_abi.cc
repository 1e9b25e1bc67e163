// SPDX-License-Identifier: Apache-2.0
// The entry, the table, devices and their capabilities.
#include <cstring>
#include <deque>
#include <utility>

#include "subject.h"

namespace ncore_conformance {
namespace {

void speaksOneVersion(Subject& subject) {
  for (const uint32_t version : {0u, NCORE_ABI_VERSION - 1, NCORE_ABI_VERSION + 1, 0xffffffffu}) {
    const NcoreApi* const untouched = reinterpret_cast<const NcoreApi*>(&subject);
    const NcoreApi* api = untouched;
    const std::string call = "ncoreGetApi(" + std::to_string(version) + ")";
    checkStatus(subject.getApi(version, &api), NCORE_ABI_MISMATCH, call);
    check(api == untouched, call + " wrote a table");
  }
  checkStatus(subject.getApi(NCORE_ABI_VERSION, nullptr), NCORE_BAD_ARGUMENT,
              "ncoreGetApi with null for the table");
}

void tableIsWhole(Subject& subject) {
  const NcoreApi& api = subject.api();
  check(api.abiVersion == NCORE_ABI_VERSION, "abiVersion is " + std::to_string(api.abiVersion));
  check(api.implementation != nullptr && *api.implementation != '\0',
        "implementation says nothing");
  const auto* bytes = reinterpret_cast<const char*>(&api);
  for (size_t at = offsetof(NcoreApi, statusText); at < NCORE_API_BASE_BYTES; at += sizeof(void*)) {
    void* function = nullptr;
    std::memcpy(&function, bytes + at, sizeof function);
    check(function != nullptr,
          "the function at byte " + std::to_string(at) + " of the table is null");
  }
}

void statusHasText(Subject& subject) {
  for (NcoreStatus status = -1; status <= NCORE_UNSUPPORTED + 1; ++status) {
    const char* text = subject.api().statusText(status);
    check(text != nullptr && *text != '\0', "statusText(" + std::to_string(status) + ") is empty");
  }
}

void devicesAreListed(Subject& subject) {
  const NcoreApi& api = subject.api();
  uint32_t count = 0xdeadbeef;
  checkStatus(api.listDevices(nullptr, 0, &count), NCORE_OK, "listDevices(null, 0)");
  check(count < 4096, "listDevices counts " + std::to_string(count) + " devices");
  std::vector<uint32_t> numbers(count + 1, 0x5a5a5a5a);
  uint32_t again = 0;
  checkStatus(api.listDevices(numbers.data(), count, &again), NCORE_OK, "listDevices");
  check(again == count, "two calls of listDevices count differently");
  check(numbers[count] == 0x5a5a5a5a, "listDevices wrote beyond the capacity");
  checkStatus(api.listDevices(nullptr, 1, &count), NCORE_BAD_ARGUMENT, "listDevices(null, 1)");
  checkStatus(api.listDevices(numbers.data(), 1, nullptr), NCORE_BAD_ARGUMENT,
              "listDevices with null for the count");
}

void unknownDevice(Subject& subject) {
  uint32_t count = 0;
  subject.api().listDevices(nullptr, 0, &count);
  std::vector<uint32_t> numbers(count);
  subject.api().listDevices(numbers.data(), count, &count);
  uint32_t free = 1000;
  for (size_t i = 0; i < numbers.size(); ++i) {
    for (const uint32_t number : numbers) free += number == free ? 1 : 0;
  }
  NcoreDevice* device = nullptr;
  checkStatus(subject.api().openDevice(free, nullptr, &device), NCORE_NO_DEVICE,
              "openDevice(" + std::to_string(free) + ")");
  check(device == nullptr, "openDevice wrote a handle without NCORE_OK");
}

void deviceOptions(Subject& subject) {
  NcoreDevice* device = nullptr;
  for (const char* options : {"no-such-option=1", "no-such-option", "="}) {
    checkStatus(subject.api().openDevice(subject.deviceNumber(), options, &device),
                NCORE_BAD_ARGUMENT, std::string("openDevice with options ") + options);
    check(device == nullptr, "openDevice wrote a handle without NCORE_OK");
  }
  checkStatus(subject.api().openDevice(subject.deviceNumber(), nullptr, nullptr),
              NCORE_BAD_ARGUMENT, "openDevice with null for the handle");
}

void capabilitiesAreSound(Subject& subject) {
  constexpr uint32_t KNOWN = NCORE_CAP_SOFTWARE | NCORE_CAP_CONSUMES_AT_SUBMIT |
                             NCORE_CAP_REPORTS_EXHAUSTION | NCORE_CAP_END_OF_DATA |
                             NCORE_CAP_STREAM_STATES | NCORE_CAP_EVENT_FD | NCORE_CAP_WANTS_MEMORY;
  const NcoreCapabilities& claimed = subject.capabilities();
  check((claimed.flags & ~KNOWN) == 0, "flags that this version does not know");
  check(claimed.channels > 0, "a device has one channel at least");
  check(std::memchr(claimed.name, '\0', sizeof claimed.name) != nullptr && claimed.name[0] != '\0',
        "name is empty, or not null-terminated");
}

void smallerHost(Subject& subject) {
  const Device device(subject);
  NcoreCapabilities capabilities;
  std::memset(&capabilities, 0x5a, sizeof capabilities);
  capabilities.sizeBytes = 2 * sizeof(uint32_t);
  checkStatus(subject.api().queryCapabilities(device.handle, &capabilities), NCORE_OK,
              "queryCapabilities of a host that knows 8 bytes");
  check(capabilities.channels == 0x5a5a5a5a, "queryCapabilities wrote past sizeBytes");
  check(capabilities.flags == subject.capabilities().flags, "the flags are others");
  capabilities.sizeBytes = 0;
  checkStatus(subject.api().queryCapabilities(device.handle, &capabilities), NCORE_BAD_ARGUMENT,
              "queryCapabilities with sizeBytes 0");
}

void nullArguments(Subject& subject) {
  const NcoreApi& api = subject.api();
  Device device(subject);
  const Database loaded(subject, patternSet({"ab"}));
  const uint32_t id = device.load(loaded);
  const Queue queue(subject, device);
  const NcoreQueueOptions options = QueueShape{1, 1}.options();
  const NcoreJob one = job("a", WHOLE);
  NcoreQueue* opened = nullptr;
  NcoreDatabase* database = nullptr;
  uint32_t number = 0;
  const auto refuses = [](NcoreStatus status, const char* call) {
    checkStatus(status, NCORE_BAD_ARGUMENT, std::string(call) + " with null");
  };
  refuses(api.compile(nullptr, 1, nullptr, &database), "compile");
  refuses(api.compile(nullptr, 0, nullptr, nullptr), "compile");
  refuses(api.restoreDatabase(nullptr, 1, &database), "restoreDatabase");
  refuses(api.saveDatabase(nullptr, nullptr, 0, nullptr), "saveDatabase");
  refuses(api.closeDevice(nullptr), "closeDevice");
  api.freeDatabase(nullptr);
  refuses(api.queryCapabilities(device.handle, nullptr), "queryCapabilities");
  refuses(api.loadDatabase(device.handle, nullptr, &number), "loadDatabase");
  refuses(api.activateDatabase(nullptr, 1), "activateDatabase");
  refuses(api.unloadDatabase(nullptr, 1), "unloadDatabase");
  refuses(api.queryDatabase(device.handle, id, nullptr), "queryDatabase");
  refuses(api.openQueue(nullptr, &options, &opened), "openQueue");
  refuses(api.openQueue(device.handle, nullptr, &opened), "openQueue");
  refuses(api.openQueue(device.handle, &options, nullptr), "openQueue");
  refuses(api.closeQueue(nullptr), "closeQueue");
  refuses(api.submit(queue.handle, nullptr, 1, &number), "submit");
  refuses(api.submit(queue.handle, &one, 1, nullptr), "submit");
  refuses(api.submit(nullptr, &one, 1, &number), "submit");
  refuses(api.poll(queue.handle, nullptr), "poll");
  NcorePoll noCompletions{sizeof(NcorePoll), 0, nullptr, 1, 0, nullptr, 0, 0};
  refuses(api.poll(queue.handle, &noCompletions), "poll");
  NcorePoll noEvents{sizeof(NcorePoll), 0, nullptr, 0, 0, nullptr, 1, 0};
  refuses(api.poll(queue.handle, &noEvents), "poll");
  check(opened == nullptr && database == nullptr, "a handle was written without NCORE_OK");
}

void queueOptions(Subject& subject) {
  Device device(subject);
  NcoreQueue* queue = nullptr;
  const auto refuses = [&](const QueueShape& shape, const char* what) {
    const NcoreQueueOptions options = shape.options();
    checkStatus(subject.api().openQueue(device.handle, &options, &queue), NCORE_BAD_ARGUMENT,
                std::string("openQueue with ") + what);
    check(queue == nullptr, "openQueue wrote a handle without NCORE_OK");
  };
  refuses({0, 1, 0}, "0 streams");
  refuses({1, 0, 0}, "depth 0");
  const NcoreCapabilities& limits = subject.capabilities();
  if (limits.streamsMax > 0) refuses({limits.streamsMax + 1, 1, 0}, "more than streamsMax");
  if (limits.queueDepthMax > 0)
    refuses({1, limits.queueDepthMax + 1, 0}, "more than queueDepthMax");
}

void tooManyQueues(Subject& subject) {
  const uint32_t most = subject.capabilities().queuesMax;
  if (most == 0 || most > 1024) throw NotApplicable{"the device has any number of queues"};
  Device device(subject);
  std::deque<Queue> queues;
  while (queues.size() < most) queues.emplace_back(subject, device);
  const NcoreQueueOptions options = QueueShape{1, 1}.options();
  NcoreQueue* queue = nullptr;
  checkStatus(subject.api().openQueue(device.handle, &options, &queue), NCORE_OUT_OF_QUEUES,
              "openQueue with queuesMax open");
  queues.pop_back();
  queues.emplace_back(subject, device);
}

// With a field behind it that this version does not have.
template <typename Struct>
struct Grown {
  Struct known;
  uint64_t unknown = 0;
};

void structuresOfOtherSizes(Subject& subject) {
  Device device(subject);
  NcoreQueue* opened = nullptr;
  const auto open = [&](Grown<NcoreQueueOptions> options) {
    return subject.api().openQueue(device.handle, &options.known, &opened);
  };
  const NcoreQueueOptions plain = QueueShape{1, 1}.options();
  for (const uint32_t sizeBytes : {0u, 4u, static_cast<uint32_t>(sizeof plain) - 1}) {
    Grown<NcoreQueueOptions> options{plain};
    options.known.sizeBytes = sizeBytes;
    checkStatus(open(options), NCORE_BAD_ARGUMENT,
                "openQueue with sizeBytes " + std::to_string(sizeBytes));
  }
  Grown<NcoreQueueOptions> options{plain};
  options.known.reserved = 1;
  checkStatus(open(options), NCORE_BAD_ARGUMENT, "openQueue with reserved = 1");
  options = {plain, 1};
  options.known.sizeBytes = sizeof options;
  checkStatus(open(options), NCORE_BAD_ARGUMENT, "openQueue with a later field that is 1");
  check(opened == nullptr, "openQueue wrote a handle without NCORE_OK");
  options.unknown = 0;
  checkStatus(open(options), NCORE_OK, "openQueue with a later field that is 0");
  checkStatus(subject.api().closeQueue(opened), NCORE_OK, "closeQueue");
}

void pollsOfOtherSizes(Subject& subject) {
  Device device(subject);
  const Queue queue(subject, device);
  const auto judge = [&](const Grown<NcorePoll>& given, NcoreStatus expected, const char* what) {
    Grown<NcorePoll> poll = given;
    checkStatus(subject.api().poll(queue.handle, &poll.known), expected,
                std::string("poll with ") + what);
  };
  NcorePoll plain{};
  judge({plain}, NCORE_BAD_ARGUMENT, "sizeBytes 0");
  plain.sizeBytes = sizeof plain - 1;
  judge({plain}, NCORE_BAD_ARGUMENT, "sizeBytes that is one short");
  plain = {};
  plain.sizeBytes = sizeof plain;
  plain.reserved = 1;
  judge({plain}, NCORE_BAD_ARGUMENT, "reserved = 1");
  plain.reserved = 0;
  plain.sizeBytes = sizeof(Grown<NcorePoll>);
  judge({plain, 1}, NCORE_BAD_ARGUMENT, "a later field that is 1");
  judge({plain}, NCORE_OK, "a later field that is 0");
}

void tooManyStreams(Subject& subject) {
  const uint64_t most = subject.capabilities().deviceStreamsMax;
  if (most == 0 || most > 1u << 24)
    throw NotApplicable{"the device has room for any queue's streams"};
  Device device(subject);
  std::deque<Queue> queues;
  for (uint64_t sum = 0; sum < most;) {
    if (queues.size() + 1 >= subject.queues(1024))
      throw NotApplicable{"its queues are used up first"};
    const uint32_t streams = subject.streams(static_cast<uint32_t>(most - sum));
    queues.emplace_back(subject, device, QueueShape{streams, 1});
    sum += streams;
  }
  const NcoreQueueOptions options = QueueShape{1, 1}.options();
  NcoreQueue* queue = nullptr;
  checkStatus(subject.api().openQueue(device.handle, &options, &queue), NCORE_OUT_OF_MEMORY,
              "openQueue with deviceStreamsMax in use");
  queues.pop_back();
  queues.emplace_back(subject, device, QueueShape{1, 1});
}

void secondOpening(Subject& subject) {
  const Device first(subject);
  NcoreDevice* second = nullptr;
  const NcoreStatus status =
      subject.api().openDevice(subject.deviceNumber(), subject.deviceOptions(), &second);
  if (status == NCORE_OK) {
    checkStatus(subject.api().closeDevice(second), NCORE_OK, "closeDevice of the second");
  } else {
    checkStatus(status, NCORE_BUSY, "openDevice while the device is open");
  }
}

void busyDevice(Subject& subject) {
  Device device(subject);
  {
    const Queue queue(subject, device);
    checkStatus(subject.api().closeDevice(device.handle), NCORE_BUSY,
                "closeDevice while a queue is open");
  }
  checkStatus(subject.api().closeDevice(std::exchange(device.handle, nullptr)), NCORE_OK,
              "closeDevice after its queue was closed");
}

}  // namespace

Chapter abiChapter() {
  return {
      "abi",
      {
          {"the entry speaks one version",
           "NCORE_ABI_MISMATCH, with *api untouched, when it does not speak `abiVersion` exactly.",
           speaksOneVersion},
          {"the table has all functions",
           "The functions of NCORE_API_BASE_BYTES are in every table of the version", tableIsWhole},
          {"every status has a text", "const char* (*statusText)(NcoreStatus status);",
           statusHasText},
          {"devices are listed",
           "Writes up to `capacity` numbers, and to *count how many devices there are.",
           devicesAreListed},
          {"a number that no device has is refused", "NCORE_NO_DEVICE: no device with that number",
           unknownDevice},
          {"options that the device does not know are refused",
           "BAD_ARGUMENT for a name or value that it does not know.", deviceOptions},
          {"the capabilities are sound", "channels: independent matching units",
           capabilitiesAreSound},
          {"a host that knows less is not overwritten",
           "in: sizeof(NcoreCapabilities) as the host knows it", smallerHost},
          {"null arguments are refused", "NCORE_BAD_ARGUMENT: a null pointer", nullArguments},
          {"queues that cannot be are refused",
           "openQueue: BAD_ARGUMENT when streams or depth is 0, or above the device's maximum.",
           queueOptions},
          {"queues beyond the most are refused",
           "NCORE_OUT_OF_QUEUES: as many queues are open as the device has", tooManyQueues},
          {"structures grow at their end",
           "What a device reads of such a structure and does not know must be 0, else it refuses "
           "it (BAD_ARGUMENT), as it does one that is shorter than this version's first form.",
           structuresOfOtherSizes},
          {"polls grow at their end",
           "What a device reads of such a structure and does not know must be 0, else it refuses "
           "it (BAD_ARGUMENT)",
           pollsOfOtherSizes},
          {"streams beyond the device's are refused",
           "OUT_OF_MEMORY when so many streams have no room beside those of other queues, as with "
           "more than deviceStreamsMax.",
           tooManyStreams},
          {"a device is opened a second time, or is busy",
           "A device need not be openable a second time while it is open: NCORE_BUSY then.",
           secondOpening},
          {"a device with a queue stays open", "NCORE_BUSY while a queue is open.", busyDevice},
      }};
}

}  // namespace ncore_conformance
