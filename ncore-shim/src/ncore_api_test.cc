// SPDX-License-Identifier: Apache-2.0
// The contract of ncore.h besides what matches: arguments, slots and generations, order,
// back-pressure, and the exchange of databases under open streams.
#include <cstring>
#include <thread>

#include "testing/rig.h"

using namespace weir::ncore::testing;

namespace {

constexpr uint32_t OPEN = NCORE_JOB_OPEN;
constexpr uint32_t CLOSE = NCORE_JOB_CLOSE;

NcoreStatus statusOf(Rig& rig, const NcoreJob& job) {
  const Results results = rig.run(job);
  REQUIRE(results.completions.size() == 1);
  if (results.completions[0].status != NCORE_OK) CHECK(results.events.empty());
  return results.completions[0].status;
}

}  // namespace

TEST_CASE("the entry speaks one version") {
  const NcoreApi* table = nullptr;
  CHECK(ncoreGetApi(NCORE_ABI_VERSION + 1, &table) == NCORE_ABI_MISMATCH);
  CHECK(table == nullptr);
  CHECK(ncoreGetApi(NCORE_ABI_VERSION, nullptr) == NCORE_BAD_ARGUMENT);
  CHECK(api().abiVersion == NCORE_ABI_VERSION);
  CHECK(api().sizeBytes == sizeof(NcoreApi));
}

TEST_CASE("every status has a text") {
  for (NcoreStatus status = NCORE_OK; status <= NCORE_UNSUPPORTED; ++status) {
    CHECK(std::strcmp(api().statusText(status), "unknown status") != 0);
  }
  CHECK(std::strcmp(api().statusText(NCORE_UNSUPPORTED + 1), "unknown status") == 0);
  CHECK(std::strcmp(api().statusText(-1), "unknown status") == 0);
}

TEST_CASE("devices are listed and opened by number") {
  uint32_t number = 0;
  uint32_t count = 0;
  CHECK(api().listDevices(nullptr, 0, &count) == NCORE_OK);
  CHECK(count == 1);
  CHECK(api().listDevices(&number, 1, &count) == NCORE_OK);
  CHECK(number == NCORE_DEVICE_EMULATOR);
  NcoreDevice* device = nullptr;
  CHECK(api().openDevice(0, nullptr, &device) == NCORE_NO_DEVICE);
  CHECK(device == nullptr);
}

TEST_CASE("capabilities never write past what the host knows") {
  Rig rig;
  NcoreCapabilities capabilities;
  std::memset(&capabilities, 0x5a, sizeof capabilities);
  capabilities.sizeBytes = 2 * sizeof(uint32_t);
  REQUIRE(api().queryCapabilities(rig.device, &capabilities) == NCORE_OK);
  CHECK((capabilities.flags & NCORE_CAP_SOFTWARE) != 0);
  CHECK(capabilities.channels == 0x5a5a5a5a);
  capabilities.sizeBytes = sizeof capabilities;
  REQUIRE(api().queryCapabilities(rig.device, &capabilities) == NCORE_OK);
  CHECK(capabilities.channels == 1);
  CHECK(std::string(capabilities.name) == "Weir ncore emulator");
  capabilities.sizeBytes = 0;
  CHECK(api().queryCapabilities(rig.device, &capabilities) == NCORE_BAD_ARGUMENT);
}

TEST_CASE("bad arguments are refused and change nothing") {
  Rig rig;
  const Patterns patterns({{"ab"}});
  const NcoreJob one = job("ab", WHOLE);
  NcoreQueue* queue = nullptr;
  uint32_t number = 0;
  const NcoreQueueOptions noStreams = QueueShape{0, 1, 0}.options();
  const NcoreQueueOptions noDepth = QueueShape{1, 0, 0}.options();
  CHECK(api().compile(nullptr, 1, nullptr, nullptr) == NCORE_BAD_ARGUMENT);
  CHECK(api().openDevice(NCORE_DEVICE_EMULATOR, nullptr, nullptr) == NCORE_BAD_ARGUMENT);
  CHECK(api().closeDevice(nullptr) == NCORE_BAD_ARGUMENT);
  CHECK(api().openQueue(rig.device, &noStreams, &queue) == NCORE_BAD_ARGUMENT);
  CHECK(api().openQueue(rig.device, &noDepth, &queue) == NCORE_BAD_ARGUMENT);
  CHECK(api().closeQueue(nullptr) == NCORE_BAD_ARGUMENT);
  CHECK(api().loadDatabase(rig.device, nullptr, &number) == NCORE_BAD_ARGUMENT);
  CHECK(api().activateDatabase(rig.device, 0) == NCORE_NO_DATABASE);
  CHECK(api().activateDatabase(rig.device, 1) == NCORE_NO_DATABASE);
  CHECK(api().unloadDatabase(rig.device, 1) == NCORE_NO_DATABASE);
  CHECK(api().submit(rig.queue, nullptr, 1, &number) == NCORE_BAD_ARGUMENT);
  CHECK(api().submit(rig.queue, &one, 1, nullptr) == NCORE_BAD_ARGUMENT);
  CHECK(api().submit(nullptr, &one, 1, &number) == NCORE_BAD_ARGUMENT);
  NcorePoll poll{sizeof(NcorePoll), 0, nullptr, 1, 0, nullptr, 0, 0};
  CHECK(api().poll(rig.queue, &poll) == NCORE_BAD_ARGUMENT);
  CHECK(api().closeDevice(rig.device) == NCORE_BUSY);
  CHECK(rig.poll().completions.empty());
  CHECK(queue == nullptr);
}

TEST_CASE("a job without a database, stream, slot or sense fails alone") {
  Rig rig({4, 64, 0});
  CHECK(statusOf(rig, job("ab", WHOLE)) == NCORE_NO_DATABASE);
  const Patterns patterns({{"ab"}});
  rig.use(patterns);
  CHECK(statusOf(rig, job("ab", 0)) == NCORE_STALE_GENERATION);
  CHECK(statusOf(rig, job("ab", OPEN, 4)) == NCORE_BAD_ARGUMENT);
  CHECK(statusOf(rig, job("ab", 0x80)) == NCORE_BAD_ARGUMENT);
  CHECK(statusOf(rig, {nullptr, 2, OPEN, 0, 1, 0, nullptr, 0, 0}) == NCORE_BAD_ARGUMENT);
  CHECK(statusOf(rig, {nullptr, 0, OPEN, 0, 1, 0, nullptr, 0, 0}) == NCORE_OK);
}

TEST_CASE("a generation tells the streams of a slot apart") {
  Rig rig;
  const Patterns patterns({{"abc"}});
  rig.use(patterns);
  CHECK(statusOf(rig, job("ab", OPEN, 3, 7)) == NCORE_OK);
  CHECK(statusOf(rig, job("c", 0, 3, 6)) == NCORE_STALE_GENERATION);
  CHECK(statusOf(rig, job("", CLOSE, 3, 6)) == NCORE_STALE_GENERATION);
  CHECK(endsOf(rig, {"abc"}).size() == 1);  // slot 0 is another stream
  // Opening drops what was there: the "c" no longer completes the match of generation 7.
  CHECK(statusOf(rig, job("", OPEN, 3, 8)) == NCORE_OK);
  CHECK(statusOf(rig, job("c", 0, 3, 7)) == NCORE_STALE_GENERATION);
  const Results results = rig.run(job("cabc", CLOSE, 3, 8));
  REQUIRE(results.events.size() == 1);
  CHECK(results.events[0].endOffset == 4);
  CHECK(results.events[0].generation == 8);
  CHECK(statusOf(rig, job("c", 0, 3, 8)) == NCORE_STALE_GENERATION);
}

TEST_CASE("a pattern is reported once in a stream, and again in the next") {
  Rig rig;
  const Patterns patterns({{"a"}});
  rig.use(patterns);
  CHECK(endsOf(rig, {"xaa", "a", "a"}) == Ends{{0, 2}});
  CHECK(endsOf(rig, {"", "", "a"}) == Ends{{0, 1}});
}

TEST_CASE("offsets are the stream's, tags the job's; events are sorted by end, then pattern") {
  Rig rig;
  const Patterns patterns({{"cd"}, {"^abcd"}, {"b"}, {"bcd"}});
  rig.use(patterns);
  CHECK(rig.submit({job("a", OPEN, 2, 5, 100), job("bcd", CLOSE, 2, 5, 101)}) == 2);
  const Results results = rig.poll();
  REQUIRE(results.completions.size() == 2);
  CHECK(results.completions[0].tag == 100);
  CHECK(results.completions[0].eventCount == 0);
  CHECK(results.completions[1].tag == 101);
  CHECK(results.completions[1].eventCount == 4);
  const std::vector<std::pair<uint64_t, uint32_t>> expected = {{2, 2}, {4, 0}, {4, 1}, {4, 3}};
  REQUIRE(results.events.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    const NcoreEvent& event = results.events[i];
    CHECK(std::pair(event.endOffset, event.patternId) == expected[i]);
    CHECK(event.tag == 101);
    CHECK(event.slot == 2);
    CHECK(event.generation == 5);
  }
}

TEST_CASE("what holds at the end of data is sorted in with what ends there") {
  Rig rig;
  const Patterns patterns({{"b$"}, {"ab"}, {"a"}});
  rig.use(patterns);
  const Results results = rig.run(job("ab", WHOLE | NCORE_JOB_END_OF_DATA));
  std::vector<uint32_t> ids;
  for (const NcoreEvent& event : results.events) ids.push_back(event.patternId);
  CHECK(ids == std::vector<uint32_t>{2, 0, 1});
}

TEST_CASE("a full queue takes fewer jobs, and a poll makes room") {
  Rig rig({4, 3, 0});
  const Patterns patterns({{"ab"}});
  rig.use(patterns);
  const std::vector<NcoreJob> jobs = {job("a", OPEN, 0, 1, 1), job("b", 0, 0, 1, 2),
                                      job("ab", WHOLE, 1, 1, 3), job("x", CLOSE, 0, 1, 4)};
  CHECK(rig.submit(jobs) == 3);
  CHECK(rig.submit({jobs[3]}) == 0);
  CHECK(rig.poll(1).completions.size() == 1);
  CHECK(rig.submit({jobs[3]}) == 1);
  const Results results = rig.poll();
  REQUIRE(results.completions.size() == 3);
  for (uint64_t i = 0; i < 3; ++i) CHECK(results.completions[i].tag == i + 2);
  CHECK(results.events.size() == 2);
}

TEST_CASE("events that do not fit one poll come in the next, before their completion") {
  Rig rig;
  const Patterns patterns({{"a"}, {"b"}, {"c"}, {"d"}, {"e"}});
  rig.use(patterns);
  rig.submit({job("abc", OPEN, 0, 1, 1), job("de", CLOSE, 0, 1, 2)});
  std::vector<uint32_t> ids;
  std::vector<size_t> completions;
  for (int i = 0; i < 4; ++i) {
    const Results results = rig.poll(8, 2);
    completions.push_back(results.completions.size());
    for (const NcoreEvent& event : results.events) ids.push_back(event.patternId);
  }
  CHECK(ids == std::vector<uint32_t>{0, 1, 2, 3, 4});
  CHECK(completions == std::vector<size_t>{0, 1, 1, 0});
}

TEST_CASE("a stream that can match nothing any more is called exhausted, and no other") {
  Rig rig;
  const Patterns anchored({{"^abc"}, {"^x.*y"}});
  rig.use(anchored);
  const auto exhausted = [&](const char* bytes) {
    return rig.run(job(bytes, WHOLE)).completions[0].flags == NCORE_COMPLETION_EXHAUSTED;
  };
  CHECK_FALSE(exhausted("ab"));
  CHECK(exhausted("ad"));
  CHECK(exhausted("abc"));
  CHECK_FALSE(exhausted("xzzz"));
  CHECK(exhausted("xzyz"));
  const Patterns anywhere({{"a"}, {"b+c"}});
  rig.use(anywhere);
  CHECK_FALSE(exhausted("zzz"));
  CHECK_FALSE(exhausted("azz"));
  CHECK(exhausted("abbc"));
  const Patterns none(std::vector<Regex>{});
  rig.use(none);
  CHECK(exhausted(""));
}

TEST_CASE("open streams keep their database through activation and unloading") {
  Rig rig;
  uint32_t oldId = 0;
  uint32_t newId = 0;
  {
    const Patterns before({{"abc"}});
    const Patterns after({{"zzz"}, {"xyz"}});
    oldId = rig.use(before);
    CHECK(statusOf(rig, job("ab", OPEN, 0, 1)) == NCORE_OK);
    CHECK(api().unloadDatabase(rig.device, oldId) == NCORE_BUSY);
    newId = rig.use(after);
    CHECK(api().unloadDatabase(rig.device, oldId) == NCORE_OK);
  }
  CHECK(rig.run(job("xyz", WHOLE, 1, 1)).events[0].patternId == 1);
  const Results results = rig.run(job("cxyz", CLOSE, 0, 1));
  REQUIRE(results.events.size() == 1);
  CHECK(results.events[0].patternId == 0);
  CHECK(results.events[0].endOffset == 3);
  CHECK(api().unloadDatabase(rig.device, oldId) == NCORE_NO_DATABASE);
  CHECK(api().activateDatabase(rig.device, newId) == NCORE_OK);
}

TEST_CASE("a database can come back") {
  Rig rig;
  const Patterns first({{"a"}});
  const Patterns second({{"b"}, {"c"}});
  const uint32_t firstId = rig.use(first);
  CHECK(endsOf(rig, {"cba"}) == Ends{{0, 3}});
  CHECK(statusOf(rig, job("", OPEN, 1, 1)) == NCORE_OK);
  rig.use(second);
  CHECK(endsOf(rig, {"cba"}) == Ends{{0, 2}, {1, 1}});
  REQUIRE(api().activateDatabase(rig.device, firstId) == NCORE_OK);
  CHECK(endsOf(rig, {"cba"}) == Ends{{0, 3}});
  CHECK(rig.run(job("a", CLOSE, 1, 1)).events.size() == 1);
}

TEST_CASE("queues of one device work in their own threads while databases change") {
  Rig rig;
  const Patterns first({{"abc"}});
  const Patterns second({{"abc"}, {"d"}});
  rig.use(first);
  const auto feed = [&](uint32_t* events) {
    NcoreQueue* queue = nullptr;
    const NcoreQueueOptions options = QueueShape{1, 1, 0}.options();
    if (api().openQueue(rig.device, &options, &queue) != NCORE_OK) return;
    for (int i = 0; i < 2000; ++i) {
      const NcoreJob whole = job("xxabc", WHOLE);
      NcoreCompletion completion;
      NcoreEvent event[4];
      uint32_t accepted = 0;
      NcorePoll poll{sizeof(NcorePoll), 0, &completion, 1, 0, event, 4, 0};
      api().submit(queue, &whole, 1, &accepted);
      api().poll(queue, &poll);
      *events += poll.eventCount;
    }
    api().closeQueue(queue);
  };
  uint32_t events[2] = {};
  std::thread a(feed, &events[0]);
  std::thread b(feed, &events[1]);
  for (int i = 0; i < 50; ++i) rig.use(i % 2 ? first : second);
  a.join();
  b.join();
  CHECK(events[0] == 2000);
  CHECK(events[1] == 2000);
}
