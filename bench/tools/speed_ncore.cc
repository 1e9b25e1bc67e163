// SPDX-License-Identifier: Apache-2.0
// A device behind ncore.h: the emulator that is linked in, or a library by path.
#include <dlfcn.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "speed_device.h"

namespace bench {
namespace {

using GetApi = decltype(&ncoreGetApi);

/// A library stays loaded as long as the program runs: its table lives that long.
const NcoreApi* apiOf(const std::string& device) {
  GetApi getApi = ncoreGetApi;
  if (device != "emulator") {
    void* const library = dlopen(device.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* const symbol = library == nullptr ? nullptr : dlsym(library, "ncoreGetApi");
    if (symbol == nullptr) throw std::runtime_error(dlerror());
    getApi = reinterpret_cast<GetApi>(symbol);
  }
  const NcoreApi* api = nullptr;
  if (getApi(NCORE_ABI_VERSION, &api) != NCORE_OK) {
    throw std::runtime_error(device + " speaks another version of the ABI");
  }
  return api;
}

uint32_t deviceNumber(const NcoreApi& api, const std::string& device) {
  if (device == "emulator") return NCORE_DEVICE_EMULATOR;
  uint32_t number = 0;
  uint32_t count = 0;
  api.listDevices(&number, 1, &count);
  if (count == 0) throw std::runtime_error(device + " has no device");
  return number;
}

class NcoreSpeedDevice : public SpeedDevice {
 public:
  NcoreSpeedDevice(const SpeedDeviceOptions& options, const std::vector<RegexPattern>& patterns)
      : api_(*apiOf(options.device)) {
    const char* const settings = options.settings.empty() ? nullptr : options.settings.c_str();
    check(api_.openDevice(deviceNumber(api_, options.device), settings, &device_), "openDevice");
    capabilities_.sizeBytes = sizeof capabilities_;
    check(api_.queryCapabilities(device_, &capabilities_), "queryCapabilities");
    load(patterns);
    openQueue(options);
  }

  ~NcoreSpeedDevice() override {
    if (queue_ != nullptr) api_.closeQueue(queue_);
    if (device_ != nullptr) api_.closeDevice(device_);
  }
  NcoreSpeedDevice(const NcoreSpeedDevice&) = delete;
  NcoreSpeedDevice& operator=(const NcoreSpeedDevice&) = delete;

  [[nodiscard]] std::string name() const override { return capabilities_.name; }
  [[nodiscard]] uint32_t channels() const override { return capabilities_.channels; }
  [[nodiscard]] uint32_t acceptedPatterns() const override { return accepted_; }
  [[nodiscard]] uint64_t events() const override { return eventCount_; }

  uint32_t submit(std::span<const NcoreJob> jobs) override {
    uint32_t accepted = 0;
    const auto count = static_cast<uint32_t>(jobs.size());
    const NcoreStatus status = api_.submit(queue_, jobs.data(), count, &accepted);
    if (status != NCORE_RING_FULL) check(status, "submit");
    return accepted;
  }

  uint32_t poll() override {
    NcorePoll results{.sizeBytes = sizeof(NcorePoll),
                      .completions = completions_.data(),
                      .completionCapacity = static_cast<uint32_t>(completions_.size()),
                      .events = events_.data(),
                      .eventCapacity = static_cast<uint32_t>(events_.size())};
    check(api_.poll(queue_, &results), "poll");
    eventCount_ += results.eventCount;
    for (uint32_t i = 0; i < results.completionCount; ++i) check(completions_[i].status, "a job");
    return results.completionCount;
  }

  void wait() override {
    pollfd readable{.fd = eventFd_, .events = POLLIN};
    if (eventFd_ >= 0) {
      ::poll(&readable, 1, WAIT_MS);
    } else {
      usleep(PAUSE_US);
    }
  }

 private:
  static constexpr int WAIT_MS = 100;
  static constexpr unsigned PAUSE_US = 20;

  void check(NcoreStatus status, const char* what) const {
    if (status == NCORE_OK) return;
    throw std::runtime_error(std::string(what) + ": " + api_.statusText(status));
  }

  void load(const std::vector<RegexPattern>& patterns) {
    std::vector<NcorePattern> described;
    described.reserve(patterns.size());
    for (const RegexPattern& pattern : patterns) {
      described.push_back(
          {.regex = reinterpret_cast<const uint8_t*>(pattern.regex.data()),
           .lengthBytes = static_cast<uint32_t>(pattern.regex.size()),
           .flags = NCORE_PATTERN_DOTALL | (pattern.isCaseless ? NCORE_PATTERN_CASELESS : 0U),
           .id = static_cast<uint32_t>(described.size())});
    }
    std::vector<NcorePatternReport> reports(described.size());
    NcoreDatabase* database = nullptr;
    const auto count = static_cast<uint32_t>(described.size());
    check(api_.compile(described.data(), count, reports.data(), &database), "compile");
    accepted_ =
        static_cast<uint32_t>(std::count_if(reports.begin(), reports.end(), [](const auto& one) {
          return one.verdict == NCORE_ACCEPTED;
        }));
    uint32_t id = 0;
    const NcoreStatus loaded = api_.loadDatabase(device_, database, &id);
    api_.freeDatabase(database);
    check(loaded, "loadDatabase");
    check(api_.activateDatabase(device_, id), "activateDatabase");
  }

  void openQueue(const SpeedDeviceOptions& options) {
    const uint32_t most = capabilities_.queueDepthMax;
    const NcoreQueueOptions wanted{
        .sizeBytes = sizeof(NcoreQueueOptions),
        .streams = options.streams,
        .depth = most == 0 ? options.depth : std::min(most, options.depth)};
    check(api_.openQueue(device_, &wanted, &queue_), "openQueue");
    if ((capabilities_.flags & NCORE_CAP_EVENT_FD) != 0) {
      check(api_.queueEventFd(queue_, &eventFd_), "queueEventFd");
    }
  }

  const NcoreApi& api_;
  NcoreDevice* device_ = nullptr;
  NcoreQueue* queue_ = nullptr;
  NcoreCapabilities capabilities_{};
  uint32_t accepted_ = 0;
  int32_t eventFd_ = -1;
  uint64_t eventCount_ = 0;
  std::array<NcoreCompletion, 1024> completions_{};
  std::array<NcoreEvent, 1024> events_{};
};

}  // namespace

std::unique_ptr<SpeedDevice> openNcoreDevice(const SpeedDeviceOptions& options,
                                             const std::vector<RegexPattern>& patterns) {
  return std::make_unique<NcoreSpeedDevice>(options, patterns);
}

}  // namespace bench
