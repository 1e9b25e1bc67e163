// SPDX-License-Identifier: Apache-2.0
// The device's options: channels, the card's timing, faults; and the event descriptor. That a fault
// comes when it was asked for is what a host's tests of its fallback rely on.
#include <poll.h>

#include <algorithm>
#include <array>
#include <barrier>
#include <cstring>
#include <thread>
#include <vector>

#include "testing/random_regex.h"
#include "testing/rig.h"

using namespace weir::ncore::testing;

namespace {

constexpr uint32_t OPEN = NCORE_JOB_OPEN;

NcoreStatus openStatus(const char* options) {
  NcoreDevice* device = nullptr;
  const NcoreStatus status = api().openDevice(NCORE_DEVICE_EMULATOR, options, &device);
  if (status == NCORE_OK) api().closeDevice(device);
  return status;
}

NcoreStatus submitStatus(Rig& rig, const NcoreJob& job) {
  uint32_t accepted = 0;
  return api().submit(rig.queue, &job, 1, &accepted);
}

NcoreStatus pollStatus(Rig& rig) {
  NcorePoll poll{};
  poll.sizeBytes = sizeof poll;
  return api().poll(rig.queue, &poll);
}

NcoreCapabilities capabilitiesOf(Rig& rig) {
  NcoreCapabilities capabilities{};
  capabilities.sizeBytes = sizeof capabilities;
  REQUIRE(api().queryCapabilities(rig.device, &capabilities) == NCORE_OK);
  return capabilities;
}

bool isReadable(int fd, int timeoutMs = 0) {
  pollfd waited{fd, POLLIN, 0};
  return ::poll(&waited, 1, timeoutMs) == 1;
}

}  // namespace

TEST_CASE("pattern memory returns with the last stream of an unloaded database") {
  const Patterns first({{"abcd"}});
  const Patterns second({{"abce"}});
  const Patterns third({{"abcf"}});
  for (const char* channels : {"channels=0", "channels=2"}) {
    uint64_t bytes = 0;
    {
      Rig rig;
      NcoreDatabaseInfo info{};
      info.sizeBytes = sizeof info;
      REQUIRE(api().queryDatabase(rig.device, rig.use(first), &info) == NCORE_OK);
      bytes = info.patternMemoryBytes;
    }
    const std::string options =
        std::string(channels) + ",memory=" + std::to_string(2 * bytes + bytes / 2);
    Rig rig({16, 64, 0}, options.c_str());
    uint32_t id = 0;
    const auto loadThird = [&] { return api().loadDatabase(rig.device, third.database, &id); };
    const uint32_t old = rig.use(first);
    rig.run(job("ab", OPEN));
    rig.use(second);
    CHECK(loadThird() == NCORE_OUT_OF_PATTERNS);
    CHECK(api().unloadDatabase(rig.device, old) == NCORE_OK);
    CHECK(loadThird() == NCORE_OUT_OF_PATTERNS);
    CHECK(rig.run(job("cd", NCORE_JOB_CLOSE)).events.size() == 1);
    CHECK(loadThird() == NCORE_OK);
  }
}

TEST_CASE("options are known or refused") {
  for (const char* options : {"", "channels=3", "timing=card", "fault=lost@5,back=10", "memory=1",
                              "channels=2,timing=card,depth=8", "fault=slow:5", "fault=full@0",
                              "jobbytes=1", "queues=1,streams=2,opens=1"}) {
    CHECK_MESSAGE(openStatus(options) == NCORE_OK, std::string(options));
  }
  for (const char* options :
       {"channels", "channels=", "channels=x", "channels=1x", "channels=257", "card",
        "timing=", "fault=lost", "fault=lost@", "fault=late@3", "fault=truncate:0", "depth=0",
        "jobbytes=0", "queues=0", "streams=4294967296", "opens=0", ",channels=1", "Channels=1"}) {
    CHECK_MESSAGE(openStatus(options) == NCORE_BAD_ARGUMENT, std::string(options));
  }
}

TEST_CASE("a device has no more queues, streams and openings than it was given") {
  NcoreDevice* device = nullptr;
  REQUIRE(api().openDevice(NCORE_DEVICE_EMULATOR, "opens=1,queues=1,streams=8", &device) ==
          NCORE_OK);
  CHECK(openStatus("opens=1") == NCORE_BUSY);
  CHECK(openStatus("opens=2") == NCORE_OK);
  CHECK(openStatus("") == NCORE_OK);
  NcoreQueue* queue = nullptr;
  NcoreQueue* second = nullptr;
  const NcoreQueueOptions tooMany = QueueShape{9, 4, 0}.options();
  const NcoreQueueOptions fits = QueueShape{8, 4, 0}.options();
  CHECK(api().openQueue(device, &tooMany, &queue) == NCORE_BAD_ARGUMENT);
  REQUIRE(api().openQueue(device, &fits, &queue) == NCORE_OK);
  CHECK(api().openQueue(device, &fits, &second) == NCORE_OUT_OF_QUEUES);
  api().closeQueue(queue);
  REQUIRE(api().openQueue(device, &fits, &second) == NCORE_OK);
  api().closeQueue(second);
  CHECK(api().closeDevice(device) == NCORE_OK);
  CHECK(openStatus("opens=1") == NCORE_OK);
}

TEST_CASE("of openers that meet no more get a device than there are") {
  constexpr int OPENERS = 4;
  for (int round = 0; round < 200; ++round) {
    std::barrier start(OPENERS);
    std::array<NcoreDevice*, OPENERS> devices{};
    std::vector<std::jthread> openers;
    for (NcoreDevice*& device : devices) {
      openers.emplace_back([&start, &device] {
        start.arrive_and_wait();
        api().openDevice(NCORE_DEVICE_EMULATOR, "opens=1", &device);
      });
    }
    openers.clear();
    REQUIRE(std::count(devices.begin(), devices.end(), nullptr) == OPENERS - 1);
    for (NcoreDevice* device : devices) {
      if (device != nullptr) api().closeDevice(device);
    }
  }
}

TEST_CASE("channels give the events and the order of the caller's thread") {
  RandomRegex random(21, RandomRegex::Ends::WITH_ENDS);
  constexpr uint32_t SLOTS = 13;
  for (int round = 0; round < 40; ++round) {
    std::vector<Regex> regexes;
    for (int i = 0; i < 12; ++i) regexes.push_back({random.pattern(), 0});
    const Patterns patterns(regexes);
    Rig inCaller({SLOTS, 512, 0});
    Rig inChannels({SLOTS, 512, 0}, "channels=4");
    inCaller.use(patterns);
    inChannels.use(patterns);
    std::vector<std::string> inputs;
    for (int i = 0; i < 300; ++i) inputs.push_back(random.input(30));
    std::vector<NcoreJob> jobs;
    for (uint32_t i = 0; i < 300; ++i) {
      const uint32_t flags = i < SLOTS || random.below(5) == 0 ? OPEN : NCORE_JOB_END_OF_DATA;
      const auto slot = static_cast<uint32_t>(i < SLOTS ? i : random.below(SLOTS + 1));
      jobs.push_back(job(inputs[i], flags, slot, 1, i));
    }
    REQUIRE(inCaller.submit(jobs) == jobs.size());
    REQUIRE(inChannels.submit(jobs) == jobs.size());
    const Results expected = inCaller.await(jobs.size());
    const Results results = inChannels.await(jobs.size());
    const auto bytes = [](const auto& items) {
      return std::string(reinterpret_cast<const char*>(items.data()),
                         items.size() * sizeof items[0]);
    };
    CHECK(bytes(results.completions) == bytes(expected.completions));
    CHECK(bytes(results.events) == bytes(expected.events));
  }
}

TEST_CASE("a device with channels can be closed as soon as it is open") {
  for (int i = 0; i < 2000; ++i) REQUIRE(openStatus("channels=3") == NCORE_OK);
}

TEST_CASE("channels serve several queues, and these can be closed with jobs in flight") {
  Rig rig({4, 64, 0}, "channels=3,fault=slow:200");
  const Patterns patterns({{"ab"}});
  rig.use(patterns);
  const auto feed = [&] {
    for (int i = 0; i < 30; ++i) {
      NcoreQueue* queue = nullptr;
      const NcoreQueueOptions options = QueueShape{4, 8, 0}.options();
      if (api().openQueue(rig.device, &options, &queue) != NCORE_OK) return;
      const std::vector<NcoreJob> jobs = {job("ab", WHOLE, 0), job("ab", WHOLE, 1),
                                          job("ab", WHOLE, 2), job("ab", WHOLE, 3)};
      uint32_t accepted = 0;
      api().submit(queue, jobs.data(), 4, &accepted);
      api().closeQueue(queue);
    }
  };
  std::thread other(feed);
  feed();
  other.join();
  CHECK(rig.run(job("ab", WHOLE)).events.size() == 1);
}

TEST_CASE("the card's capabilities, and its clock as far as a test may ask") {
  Rig rig({16, 1024, 0}, "timing=card");
  const NcoreCapabilities capabilities = capabilitiesOf(rig);
  CHECK(capabilities.channels == 12);
  CHECK((capabilities.flags & NCORE_CAP_CONSUMES_AT_SUBMIT) == 0);
  CHECK(capabilities.jobBytesBest >= 80);
  const Patterns patterns({{"ab"}});
  rig.use(patterns);
  // 100 jobs of 1,000 bytes on one channel take 8 ms at least.
  const std::string bytes(1000, 'x');
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(rig.submit(std::vector<NcoreJob>(100, job(bytes, WHOLE))) == 100);
  rig.await(100);
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(8));
}

TEST_CASE("a lost device says so from then on, and can come back mended") {
  const Patterns patterns({{"ab"}});
  {
    Rig rig({4, 64, 0}, "fault=lost@2,back=50");
    rig.use(patterns);
    int32_t fd = -1;
    REQUIRE(api().queueEventFd(rig.queue, &fd) == NCORE_OK);
    CHECK(rig.submit({job("ab", OPEN), job("ab", 0), job("ab", 0)}) == 2);
    CHECK(submitStatus(rig, job("ab", 0)) == NCORE_DEVICE_LOST);
    CHECK(pollStatus(rig) == NCORE_DEVICE_LOST);
    CHECK(isReadable(fd));
    uint32_t id = 0;
    CHECK(api().loadDatabase(rig.device, patterns.database, &id) == NCORE_DEVICE_LOST);
    NcoreQueue* queue = nullptr;
    const NcoreQueueOptions options = QueueShape{1, 1, 0}.options();
    CHECK(api().openQueue(rig.device, &options, &queue) == NCORE_DEVICE_LOST);
    CHECK(openStatus("fault=lost@2,back=50") == NCORE_NO_DEVICE);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  Rig rig({4, 64, 0}, "fault=lost@2,back=50");
  rig.use(patterns);
  for (int i = 0; i < 5; ++i) CHECK(rig.run(job("ab", WHOLE)).events.size() == 1);
}

TEST_CASE("a stuck device takes jobs and completes none") {
  for (const char* options : {"fault=stuck@1", "fault=stuck@1,channels=2"}) {
    Rig rig({4, 3, 0}, options);
    const Patterns patterns({{"ab"}});
    rig.use(patterns);
    CHECK(rig.submit(std::vector<NcoreJob>(5, job("ab", WHOLE))) == 3);
    rig.await(1);
    CHECK(rig.poll().completions.empty());
    CHECK(rig.submit(std::vector<NcoreJob>(5, job("ab", WHOLE))) == 1);
    CHECK(submitStatus(rig, job("ab", WHOLE)) == NCORE_RING_FULL);
  }
}

TEST_CASE("a full device takes none") {
  Rig rig({4, 8, 0}, "fault=full@2");
  const Patterns patterns({{"ab"}});
  rig.use(patterns);
  CHECK(rig.submit(std::vector<NcoreJob>(5, job("ab", WHOLE))) == 2);
  rig.await(2);
  CHECK(submitStatus(rig, job("ab", WHOLE)) == NCORE_RING_FULL);
}

TEST_CASE("a slow device completes later") {
  Rig rig({4, 8, 0}, "fault=slow:20000");
  const Patterns patterns({{"ab"}});
  rig.use(patterns);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(rig.run(job("ab", WHOLE)).events.size() == 1);
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(20));
}

TEST_CASE("events beyond the device's are lost, and a job that times out loses its stream") {
  const Patterns patterns({{"a"}, {"b"}, {"c"}});
  Rig truncating({4, 8, 0}, "fault=truncate:2");
  CHECK(capabilitiesOf(truncating).eventsPerJobMax == 2);
  truncating.use(patterns);
  const Results results = truncating.run(job("cba", OPEN));
  CHECK(results.completions[0].status == NCORE_EVENTS_TRUNCATED);
  REQUIRE(results.events.size() == 2);
  CHECK(results.events[1].patternId == 1);
  CHECK(truncating.run(job("a", 0)).events.empty());
  Rig late({4, 8, 0}, "fault=timeout@2");
  late.use(patterns);
  CHECK(late.run(job("a", OPEN)).completions[0].status == NCORE_OK);
  const Results timedOut = late.run(job("b", 0));
  CHECK(timedOut.completions[0].status == NCORE_TIMEOUT);
  CHECK(timedOut.events.empty());
  CHECK(late.run(job("c", 0)).completions[0].status == NCORE_STALE_GENERATION);
}

TEST_CASE("a database has to fit the pattern memory") {
  Rig rig({4, 8, 0}, "memory=20000");
  CHECK(capabilitiesOf(rig).patternMemoryBytes == 20000);
  const Patterns small({{"ab"}});
  const Patterns large({{"a{400}"}});
  rig.use(small);
  uint32_t id = 0;
  CHECK(api().loadDatabase(rig.device, large.database, &id) == NCORE_OUT_OF_PATTERNS);
}

TEST_CASE("the event descriptor is readable while there is something to poll") {
  for (const char* options : {"", "channels=2", "channels=2,fault=slow:2000"}) {
    Rig rig({4, 64, 0}, options);
    const Patterns patterns({{"ab"}});
    rig.use(patterns);
    int32_t fd = -1;
    REQUIRE(api().queueEventFd(rig.queue, &fd) == NCORE_OK);
    CHECK_FALSE(isReadable(fd));
    for (uint32_t round = 0; round < 100; ++round) {
      rig.submit({job("ab", WHOLE, round % 4), job("ab", WHOLE, (round + 1) % 4)});
      for (size_t polled = 0; polled < 2;) {
        REQUIRE(isReadable(fd, 5000));
        const Results results = rig.poll(1);
        REQUIRE(results.completions.size() == 1);  // it is not readable for nothing
        polled += results.completions.size();
        rig.poll(0);
      }
      rig.poll();
      CHECK_FALSE(isReadable(fd));
    }
  }
}
