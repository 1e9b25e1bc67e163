// SPDX-License-Identifier: Apache-2.0
// Databases are exchanged under open streams.
#include "samples.h"
#include "script.h"
#include "subject.h"

namespace ncore_conformance {
namespace {

class ScriptWriter {
 public:
  explicit ScriptWriter(std::vector<PatternSet> databases) {
    script_.databases = std::move(databases);
  }
  ScriptWriter& job(const char* bytes, uint32_t flags, uint32_t slot) {
    JobStep step;
    step.bytes = bytes;
    step.flags = flags;
    step.slot = slot;
    step.number = static_cast<uint32_t>(script_.steps.size());
    script_.steps.emplace_back(step);
    return *this;
  }
  template <typename Kind>
  ScriptWriter& then(Kind step) {
    script_.steps.emplace_back(step);
    return *this;
  }
  void judge(Subject& subject) const { checkAgainstModel(subject, script_); }

 private:
  Script script_;
};

constexpr uint32_t OPEN = NCORE_JOB_OPEN;
constexpr uint32_t CLOSE = NCORE_JOB_CLOSE;

std::vector<PatternSet> twoSets() { return {patternSet({"abc"}), patternSet({"zzz", "xyz", "b"})}; }

void openStreamsKeepTheirs(Subject& subject) {
  ScriptWriter(twoSets())
      .job("ab", OPEN, 0)
      .then(ActivateStep{1})
      .job("cxyz", 0, 0)
      .job("xyz", WHOLE, 1)
      .job("abcxyz", CLOSE, 0)
      .job("abcxyz", WHOLE, 0)
      .judge(subject);
}

void unloadingKeepsStreams(Subject& subject) {
  ScriptWriter(twoSets())
      .job("ab", OPEN, 0)
      .then(ActivateStep{1})
      .then(UnloadStep{0})
      .job("xy", OPEN, 1)
      .job("cxyz", 0, 0)
      .job("z", 0, 1)
      .then(ActivateStep{0})
      .job("abc", OPEN, 2)
      .judge(subject);
}

void activeStaysLoaded(Subject& subject) {
  ScriptWriter(twoSets())
      .then(UnloadStep{0})
      .job("abc", WHOLE, 0)
      .then(ActivateStep{1})
      .then(UnloadStep{1})
      .then(UnloadStep{0})
      .then(UnloadStep{0})
      .job("xyz", WHOLE, 0)
      .judge(subject);
}

void backAndForth(Subject& subject) {
  ScriptWriter writer({patternSet({"a"}), patternSet({"b", "c"}), patternSet({})});
  for (uint32_t i = 0; i < 24; ++i) {
    writer.then(ActivateStep{i % 3});
    writer.job("x", OPEN, i % 8);
    writer.job("cba", i % 2 == 0 ? CLOSE : 0, i % 8);
    if (i >= 6) writer.job("abc", 0, (i + 3) % 8);
  }
  writer.judge(subject);
}

void loadedAgain(Subject& subject) {
  ScriptWriter(twoSets())
      .then(ActivateStep{1})
      .then(UnloadStep{0})
      .then(LoadStep{0})
      .then(ActivateStep{0})
      .job("abcxyz", WHOLE, 0)
      .judge(subject);
}

void freedAfterLoading(Subject& subject) {
  Device device(subject);
  {
    const Database database(subject, patternSet({"abc"}));
    device.use(database);
  }
  Queue queue(subject, device);
  check(queue.run(job("abc", WHOLE)).events.size() == 1,
        "the database was freed after loading, and gives no event any more");
}

void unknownDatabases(Subject& subject) {
  Device device(subject);
  const NcoreApi& api = subject.api();
  NcoreDatabaseInfo info{};
  info.sizeBytes = sizeof info;
  for (const uint32_t id : {0u, 77u, 0xffffffffu}) {
    const std::string with = " of database " + std::to_string(id) + " with none loaded";
    checkStatus(api.activateDatabase(device.handle, id), NCORE_NO_DATABASE, "activate" + with);
    checkStatus(api.unloadDatabase(device.handle, id), NCORE_NO_DATABASE, "unload" + with);
    checkStatus(api.queryDatabase(device.handle, id, &info), NCORE_NO_DATABASE, "query" + with);
  }
  Queue queue(subject, device);
  checkStatus(queue.statusOf(job("a", OPEN)), NCORE_NO_DATABASE, "OPEN with no database loaded");
  const Database database(subject, patternSet({"a"}));
  const uint32_t id = device.load(database);
  checkStatus(queue.statusOf(job("a", OPEN)), NCORE_NO_DATABASE, "OPEN with no database active");
  checkStatus(api.activateDatabase(device.handle, id), NCORE_OK, "activate");
  checkStatus(queue.statusOf(job("a", OPEN)), NCORE_OK, "OPEN with a database active");
}

void whatItTakes(Subject& subject) {
  Device device(subject);
  const Database database(subject, patternSet({"abc", "(", "def"}));
  const uint32_t id = device.use(database);
  const NcoreDatabaseInfo info = device.info(id);
  check(info.patterns == 2,
        "2 patterns were accepted, queryDatabase says " + std::to_string(info.patterns));
  check(info.streamBytes > 0, "streamBytes is 0");
  const bool moves = subject.claims(NCORE_CAP_STREAM_STATES);
  check(!moves || info.stateBytesMax > 0, "stateBytesMax is 0");
  NcoreDatabaseInfo small;
  small.patterns = 0x5a5a5a5a;
  small.sizeBytes = sizeof small.sizeBytes;
  checkStatus(subject.api().queryDatabase(device.handle, id, &small), NCORE_OK,
              "queryDatabase of a host that knows 4 bytes");
  check(small.patterns == 0x5a5a5a5a, "queryDatabase wrote past sizeBytes");
}

// Each has a content of its own, since a device may keep equal ones once.
PatternSet numbered(uint32_t number) {
  PatternSet patterns = signatures();
  patterns.push_back({"number " + std::to_string(number), 0, 1000});
  return patterns;
}

uint32_t howManyFit(Subject& subject) {
  const uint64_t memory = subject.capabilities().patternMemoryBytes;
  if (memory == 0) throw NotApplicable{"the device has no limit of its own"};
  Device device(subject);
  const Database first(subject, numbered(0));
  const uint64_t each = device.info(device.load(first)).patternMemoryBytes;
  if (each == 0 || memory / each > 500) throw NotApplicable{"so much memory is not filled here"};
  return static_cast<uint32_t>(memory / each);
}

void patternMemory(Subject& subject) {
  const uint32_t fitting = howManyFit(subject);
  Device device(subject);
  std::vector<uint32_t> ids;
  NcoreStatus status = NCORE_OK;
  while (status == NCORE_OK && ids.size() <= 2 * fitting + 2) {
    const Database next(subject, numbered(static_cast<uint32_t>(ids.size())));
    uint32_t id = 0;
    status = subject.api().loadDatabase(device.handle, next.handle, &id);
    if (status == NCORE_OK) ids.push_back(id);
  }
  checkStatus(status, NCORE_OUT_OF_PATTERNS, "loadDatabase of more than the memory holds");
  checkStatus(subject.api().activateDatabase(device.handle, ids.at(0)), NCORE_OK, "activate");
  if (ids.size() > 1) {
    checkStatus(subject.api().unloadDatabase(device.handle, ids[1]), NCORE_OK, "unload");
    device.load(Database(subject, numbered(1)));
  }
  Queue queue(subject, device);
  check(!queue.run(job("SSH-2.0", WHOLE)).events.empty(), "the device is of no use afterwards");
}

void memoryReturns(Subject& subject) {
  howManyFit(subject);
  Device device(subject);
  std::vector<uint32_t> ids;
  uint32_t id = 0;
  const auto loads = [&] {
    const Database next(subject, numbered(static_cast<uint32_t>(ids.size())));
    return subject.api().loadDatabase(device.handle, next.handle, &id);
  };
  while (loads() == NCORE_OK) ids.push_back(id);
  if (ids.size() < 2) throw NotApplicable{"the device holds one of these databases"};
  checkStatus(subject.api().activateDatabase(device.handle, ids[0]), NCORE_OK, "activate");
  Queue queue(subject, device);
  checkStatus(queue.statusOf(job("SSH-", NCORE_JOB_OPEN)), NCORE_OK, "OPEN");
  checkStatus(subject.api().activateDatabase(device.handle, ids[1]), NCORE_OK, "activate");
  checkStatus(subject.api().unloadDatabase(device.handle, ids[0]), NCORE_OK, "unload");
  check(!queue.run(job("2.0", NCORE_JOB_CLOSE)).events.empty(),
        "a stream with an unloaded database gave no event");
  checkStatus(loads(), NCORE_OK, "loadDatabase after the last stream of an unloaded one is closed");
}

}  // namespace

Chapter hotSwapChapter() {
  return {
      "hot-swap",
      {
          {"open streams keep the database they began with",
           "Streams that are open keep theirs, so patterns are exchanged without losing a stream.",
           openStreamsKeepTheirs},
          {"streams outlive the unloading of their database",
           "Streams opened with it go on; its memory returns with the last.",
           unloadingKeepsStreams},
          {"the active database is not unloaded", "NCORE_BUSY for the active one.",
           activeStaysLoaded},
          {"databases are exchanged back and forth",
           "streams opened from now on use the one activated last", backAndForth},
          {"a database can be loaded again", "Several databases can be loaded", loadedAgain},
          {"a loaded database may be freed", "Devices that have loaded it do not need it any more.",
           freedAfterLoading},
          {"databases that are not there are told",
           "NCORE_NO_DATABASE: no database of that id or content is loaded, or none is active",
           unknownDatabases},
          {"a database beyond the pattern memory is refused, and room comes back",
           "NCORE_OUT_OF_PATTERNS: the database exceeds the device's pattern memory",
           patternMemory},
          {"room of an unloaded database comes back with its last stream",
           "Streams opened with it go on; its memory returns with the last.", memoryReturns},
          {"a device says what a database takes", "What a database takes on a device.",
           whatItTakes},
      }};
}

}  // namespace ncore_conformance
