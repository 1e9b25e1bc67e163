// SPDX-License-Identifier: Apache-2.0
#include "subject.h"

#include <dlfcn.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace ncore_conformance {
namespace {

uint32_t atMost(uint32_t wanted, uint32_t limit) {
  return limit == 0 ? wanted : std::min(wanted, limit);
}

const uint8_t* octets(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

}  // namespace

std::string nameOf(NcoreStatus status) {
  static constexpr const char* NAMES[] = {
      "NCORE_OK",
      "NCORE_BAD_ARGUMENT",
      "NCORE_ABI_MISMATCH",
      "NCORE_NO_DEVICE",
      "NCORE_DEVICE_LOST",
      "NCORE_OUT_OF_MEMORY",
      "NCORE_OUT_OF_PATTERNS",
      "NCORE_OUT_OF_QUEUES",
      "NCORE_STALE_GENERATION",
      "NCORE_NO_DATABASE",
      "NCORE_BUSY",
      "NCORE_RING_FULL",
      "NCORE_EVENTS_TRUNCATED",
      "NCORE_TIMEOUT",
      "NCORE_BAD_FORMAT",
      "NCORE_UNSUPPORTED",
  };
  const bool isKnown = status >= 0 && static_cast<size_t>(status) < std::size(NAMES);
  return isKnown ? NAMES[status] : "status " + std::to_string(status);
}

void checkStatus(NcoreStatus got, NcoreStatus expected, const std::string& call) {
  check(got == expected, call + ": expected " + nameOf(expected) + ", got " + nameOf(got));
}

PatternSet patternSet(const std::vector<std::string>& texts, uint32_t flags) {
  PatternSet set;
  for (const std::string& text : texts) {
    set.push_back({text, flags, static_cast<uint32_t>(set.size())});
  }
  return set;
}

NcoreJob job(std::string_view bytes, uint32_t flags, uint32_t slot, uint32_t generation,
             uint64_t tag) {
  NcoreJob job{};
  job.bytes = octets(bytes);
  job.lengthBytes = static_cast<uint32_t>(bytes.size());
  job.flags = flags;
  job.slot = slot;
  job.generation = generation;
  job.tag = tag;
  return job;
}

// Waiting for results has a limit of its own, so this one is for calls, compiling among them.
void expectProgress(const Settings& settings) {
  alarm(static_cast<unsigned>(60 + settings.patienceSeconds));
}

Settings referenceOf(Settings settings) {
  settings.library = settings.reference;
  settings.device.reset();
  settings.options.clear();
  return settings;
}

void Tally::checkManyAccepted() const {
  constexpr size_t ENOUGH_TO_JUDGE = 60;
  check(patterns_ < ENOUGH_TO_JUDGE || accepted_ * 3 >= patterns_,
        "most of the random patterns were refused, so that little was compared: " + text());
}

std::string Tally::text() const {
  if (sets_ == 0) return "";
  return std::to_string(sets_) + (sets_ == 1 ? " random set, " : " random sets, ") +
         std::to_string(accepted_) + " of " + std::to_string(patterns_) + " patterns accepted, " +
         std::to_string(events_) + " events compared" +
         (undecided_ == 0 ? ""
                          : ", " + std::to_string(undecided_) + " sets left to PCRE2's limits");
}

Search::Search(const Subject& subject, const Cost& cost)
    : roundsMax_(subject.settings().rounds == 0
                     ? UINT32_MAX
                     : std::max(subject.settings().rounds / cost.roundsForOne, 1u)),
      timeMax_(subject.settings().seconds * cost.share) {}

bool Search::goesOn() {
  const bool isTimeLeft = std::chrono::steady_clock::now() - begin_ < timeMax_;
  return rounds_++ == 0 || (isTimeLeft && rounds_ <= roundsMax_);
}

Subject::Subject(const Settings& settings) : settings_(settings) {
  // Never closed: a device's threads may outlive its handles for a moment.
  void* library = dlopen(settings.library.c_str(), RTLD_NOW | RTLD_LOCAL);
  check(library != nullptr, "dlopen: " + std::string(library == nullptr ? dlerror() : ""));
  getApi = reinterpret_cast<decltype(getApi)>(dlsym(library, "ncoreGetApi"));
  check(getApi != nullptr, "the library exports no ncoreGetApi");
  checkStatus(getApi(NCORE_ABI_VERSION, &api_), NCORE_OK,
              "ncoreGetApi(" + std::to_string(NCORE_ABI_VERSION) + ")");
  check(api_ != nullptr, "ncoreGetApi gave NCORE_OK and no table");
  check(api_->sizeBytes >= NCORE_API_BASE_BYTES,
        "the table has " + std::to_string(api_->sizeBytes) + " bytes, version " +
            std::to_string(NCORE_ABI_VERSION) + " has " + std::to_string(NCORE_API_BASE_BYTES));
  chooseDevice();
  readCapabilities();
}

void Subject::chooseDevice() {
  if (settings_.device) {
    deviceNumber_ = *settings_.device;
    return;
  }
  uint32_t count = 0;
  checkStatus(api_->listDevices(&deviceNumber_, 1, &count), NCORE_OK, "listDevices");
  check(count > 0, "no device is listed; --device N opens one by number");
}

void Subject::readCapabilities() {
  const Device device(*this);
  capabilities_.sizeBytes = sizeof capabilities_;
  checkStatus(api_->queryCapabilities(device.handle, &capabilities_), NCORE_OK,
              "queryCapabilities");
}

void Subject::needs(uint32_t capability, const char* name) const {
  if (!claims(capability)) throw NotOffered{std::string("the device does not claim ") + name};
}

uint32_t Subject::streams(uint32_t wanted) const {
  const auto ofAll =
      static_cast<uint32_t>(std::min<uint64_t>(capabilities_.deviceStreamsMax, UINT32_MAX));
  return atMost(atMost(wanted, capabilities_.streamsMax), ofAll);
}
uint32_t Subject::depth(uint32_t wanted) const {
  return atMost(wanted, capabilities_.queueDepthMax);
}
uint32_t Subject::eventsOfJob(uint32_t wanted) const {
  return atMost(wanted, capabilities_.eventsPerJobMax);
}
uint32_t Subject::jobBytes(uint32_t wanted) const {
  return atMost(wanted, capabilities_.jobBytesMax);
}
uint32_t Subject::queues(uint32_t wanted) const { return atMost(wanted, capabilities_.queuesMax); }

Database::Database(const Subject& subject, const PatternSet& patterns)
    : reports(patterns.size()), subject_(subject) {
  std::vector<NcorePattern> given;
  given.reserve(patterns.size());
  for (const Regex& regex : patterns) {
    given.push_back(
        {octets(regex.text), static_cast<uint32_t>(regex.text.size()), regex.flags, regex.id, 0});
  }
  checkStatus(subject.api().compile(given.data(), static_cast<uint32_t>(given.size()),
                                    reports.data(), &handle),
              NCORE_OK, "compile");
  check(handle != nullptr, "compile gave NCORE_OK and no database");
}

Database::~Database() {
  if (handle != nullptr) subject_.api().freeDatabase(handle);
}

PatternSet Database::accepted(const PatternSet& patterns) const {
  PatternSet accepted;
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (reports[i].verdict == NCORE_ACCEPTED) accepted.push_back(patterns[i]);
  }
  return accepted;
}

Device::Device(const Subject& subject) : subject_(subject) {
  checkStatus(subject.api().openDevice(subject.deviceNumber(), subject.deviceOptions(), &handle),
              NCORE_OK,
              "openDevice(" + std::to_string(subject.deviceNumber()) + ", \"" +
                  subject.settings().options + "\")");
  check(handle != nullptr, "openDevice gave NCORE_OK and no device");
}

Device::~Device() {
  if (handle != nullptr) subject_.api().closeDevice(handle);
}

uint32_t Device::load(const Database& database) {
  uint32_t id = 0;
  checkStatus(subject_.api().loadDatabase(handle, database.handle, &id), NCORE_OK, "loadDatabase");
  return id;
}

uint32_t Device::use(const Database& database) {
  const uint32_t id = load(database);
  checkStatus(subject_.api().activateDatabase(handle, id), NCORE_OK, "activateDatabase");
  return id;
}

NcoreDatabaseInfo Device::info(uint32_t databaseId) const {
  NcoreDatabaseInfo info{};
  info.sizeBytes = sizeof info;
  checkStatus(subject_.api().queryDatabase(handle, databaseId, &info), NCORE_OK, "queryDatabase");
  return info;
}

Queue::Queue(const Subject& subject, Device& device, QueueShape shape) : subject_(subject) {
  shape.streams = subject.streams(shape.streams);
  shape.depth = subject.depth(shape.depth);
  const NcoreQueueOptions options = shape.options();
  checkStatus(subject.api().openQueue(device.handle, &options, &handle), NCORE_OK, "openQueue");
  check(handle != nullptr, "openQueue gave NCORE_OK and no queue");
}

Queue::~Queue() {
  if (handle != nullptr) subject_.api().closeQueue(handle);
}

uint32_t Queue::submit(const NcoreJob* jobs, uint32_t count) {
  uint32_t accepted = 0xdeadbeef;
  const NcoreStatus status = subject_.api().submit(handle, jobs, count, &accepted);
  if (status == NCORE_RING_FULL) {
    check(accepted == 0, "submit: NCORE_RING_FULL with accepted = " + std::to_string(accepted));
    return 0;
  }
  checkStatus(status, NCORE_OK, "submit");
  check(accepted <= count,
        "submit took " + std::to_string(accepted) + " of " + std::to_string(count) + " jobs");
  check(accepted > 0 || count == 0, "submit took no job and gave NCORE_OK, not NCORE_RING_FULL");
  return accepted;
}

Results Queue::poll(uint32_t completionCapacity, uint32_t eventCapacity) {
  Results results{std::vector<NcoreCompletion>(completionCapacity),
                  std::vector<NcoreEvent>(eventCapacity)};
  NcorePoll poll{sizeof(NcorePoll),  0,          results.completions.data(),
                 completionCapacity, 0xdeadbeef, results.events.data(),
                 eventCapacity,      0xdeadbeef};
  checkStatus(subject_.api().poll(handle, &poll), NCORE_OK, "poll");
  check(poll.completionCount <= completionCapacity && poll.eventCount <= eventCapacity,
        "poll wrote more than the arrays hold");
  if (poll.completionCount > 0) expectProgress(subject_.settings());
  results.completions.resize(poll.completionCount);
  results.events.resize(poll.eventCount);
  return results;
}

Results Queue::wait(size_t completions) {
  Results all;
  Patience patience(subject_);
  while (all.completions.size() < completions) {
    const Results some = poll();
    all.completions.insert(all.completions.end(), some.completions.begin(), some.completions.end());
    all.events.insert(all.events.end(), some.events.begin(), some.events.end());
    if (all.completions.size() >= completions) break;
    if (some.completions.empty() && some.events.empty()) {
      patience.wait("completion " + std::to_string(all.completions.size() + 1) + " of " +
                    std::to_string(completions));
    } else {
      patience.reward();
    }
  }
  return all;
}

Results Queue::run(const NcoreJob& job) {
  check(submit(&job, 1) == 1, "submit: NCORE_RING_FULL with no job in flight");
  return wait(1);
}

void Patience::wait(const std::string& what) {
  const auto now = std::chrono::steady_clock::now();
  check(std::chrono::duration<double>(now - since_).count() < seconds_,
        what + " did not come within " + std::to_string(static_cast<int>(seconds_)) + " s");
  if (++turns_ < 50) {
    sched_yield();
  } else {
    std::this_thread::sleep_for(std::chrono::microseconds(turns_ < 200 ? 20 : 500));
  }
}

}  // namespace ncore_conformance
