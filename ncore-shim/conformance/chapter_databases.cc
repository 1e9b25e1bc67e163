// SPDX-License-Identifier: Apache-2.0
// Compiled sets as bytes.
#include <algorithm>

#include "samples.h"
#include "script.h"
#include "subject.h"

namespace ncore_conformance {
namespace {

std::vector<uint8_t> save(Subject& subject, const Database& database) {
  uint64_t size = 0;
  const NcoreStatus status = subject.api().saveDatabase(database.handle, nullptr, 0, &size);
  if (status == NCORE_UNSUPPORTED) throw NotOffered{"databases are not saved"};
  checkStatus(status, NCORE_BAD_ARGUMENT, "saveDatabase with capacity 0, to ask for the size");
  check(size > 0 && size < 1u << 30, "a database of " + std::to_string(size) + " bytes");
  std::vector<uint8_t> bytes(size + 1, 0x5a);
  checkStatus(subject.api().saveDatabase(database.handle, bytes.data(), size, &size), NCORE_OK,
              "saveDatabase with the capacity that it asked for");
  check(size + 1 == bytes.size(), "saveDatabase says another size the second time");
  check(bytes.back() == 0x5a, "saveDatabase wrote beyond the capacity");
  bytes.pop_back();
  return bytes;
}

NcoreStatus restore(Subject& subject, const std::vector<uint8_t>& bytes) {
  NcoreDatabase* handle = nullptr;
  const NcoreStatus status = subject.api().restoreDatabase(bytes.data(), bytes.size(), &handle);
  const Database owned(subject, handle);
  check((status == NCORE_OK) == (handle != nullptr),
        "restoreDatabase: a handle and " + nameOf(status));
  return status;
}

PatternSet savedPatterns(const Subject& subject) {
  PatternSet patterns = signatures();
  patterns.push_back({"(", 0, 100});
  if (subject.claims(NCORE_CAP_END_OF_DATA)) patterns.push_back({"\\n$", 0, 101});
  return patterns;
}

Results eventsOf(const Subject& subject, const Database& database) {
  Device device(subject);
  device.use(database);
  Queue queue(subject, device);
  Results all;
  for (const std::string& payload : payloads()) {
    const Results some = queue.run(job(payload, WHOLE | NCORE_JOB_END_OF_DATA));
    all.events.insert(all.events.end(), some.events.begin(), some.events.end());
  }
  return all;
}

void comesBack(Subject& subject) {
  const Database original(subject, savedPatterns(subject));
  const std::vector<uint8_t> bytes = save(subject, original);
  NcoreDatabase* handle = nullptr;
  checkStatus(subject.api().restoreDatabase(bytes.data(), bytes.size(), &handle), NCORE_OK,
              "restoreDatabase");
  const Database restored(subject, handle);
  const Results expected = eventsOf(subject, original);
  const Results got = eventsOf(subject, restored);
  check(!expected.events.empty(), "the signatures give no events");
  const bool isSame = expected.events.size() == got.events.size() &&
                      std::equal(got.events.begin(), got.events.end(), expected.events.begin(),
                                 [](const NcoreEvent& a, const NcoreEvent& b) {
                                   return a.endOffset == b.endOffset && a.patternId == b.patternId;
                                 });
  check(isSame,
        "a database saved and restored gives other events: " + std::to_string(got.events.size()) +
            ", not " + std::to_string(expected.events.size()));
}

void emptySet(Subject& subject) {
  const Database none(subject, PatternSet{});
  checkStatus(restore(subject, save(subject, none)), NCORE_OK, "restoreDatabase of an empty set");
}

void tooLittleCapacity(Subject& subject) {
  const Database database(subject, patternSet({"abc"}));
  std::vector<uint8_t> bytes = save(subject, database);
  uint64_t size = 0;
  checkStatus(subject.api().saveDatabase(database.handle, bytes.data(), bytes.size() - 1, &size),
              NCORE_BAD_ARGUMENT, "saveDatabase with a byte too little");
  check(size == bytes.size(), "saveDatabase does not say how many bytes there are");
}

void sameContent(Subject& subject) {
  subject.needs(NCORE_CAP_STREAM_STATES, "NCORE_CAP_STREAM_STATES");
  const Database original(subject, patternSet({"abcdef"}));
  const std::vector<uint8_t> bytes = save(subject, original);
  NcoreDatabase* handle = nullptr;
  checkStatus(subject.api().restoreDatabase(bytes.data(), bytes.size(), &handle), NCORE_OK,
              "restoreDatabase");
  const Database restored(subject, handle);
  Device device(subject);
  const uint32_t first = device.use(original);
  Queue queue(subject, device);
  std::vector<uint8_t> state(device.info(first).stateBytesMax);
  NcoreJob one = job("abc", NCORE_JOB_OPEN | NCORE_JOB_EXPORT | NCORE_JOB_CLOSE);
  one.state = state.data();
  one.stateBytes = static_cast<uint32_t>(state.size());
  const uint32_t stateBytes = queue.run(one).completions.at(0).stateBytes;
  device.use(restored);
  checkStatus(subject.api().unloadDatabase(device.handle, first), NCORE_OK, "unloadDatabase");
  one = job("def", NCORE_JOB_OPEN | NCORE_JOB_IMPORT);
  one.state = state.data();
  one.stateBytes = stateBytes;
  const Results results = queue.run(one);
  checkStatus(results.completions[0].status, NCORE_OK,
              "IMPORT of a state where only the restored database is loaded");
  check(results.events.size() == 1, "the moved stream gives no event");
}

void damaged(Subject& subject) {
  const Database database(subject, patternSet({"abc", "^d.{3}e"}));
  const std::vector<uint8_t> sound = save(subject, database);
  const auto refuses = [&](const std::vector<uint8_t>& bytes, const std::string& what) {
    checkStatus(restore(subject, bytes), NCORE_BAD_FORMAT,
                "restoreDatabase of " + std::to_string(sound.size()) + " bytes " + what);
  };
  const size_t stride = std::max<size_t>(sound.size() / 2000, 1);
  for (size_t at = 0; at < sound.size(); at += stride) {
    std::vector<uint8_t> bytes = sound;
    bytes[at] ^= static_cast<uint8_t>(1u << at % 8);
    refuses(bytes, "with one bit changed in byte " + std::to_string(at));
    bytes = sound;
    bytes.resize(at);
    refuses(bytes, "cut to " + std::to_string(at));
  }
  std::vector<uint8_t> longer = sound;
  longer.push_back(0);
  refuses(longer, "with a byte more");
  refuses(std::vector<uint8_t>(1000, 0), "replaced by 1000 zero bytes");
}

}  // namespace

Chapter databasesChapter() {
  return {"databases",
          {
              {"a database comes back from its bytes",
               "A database as bytes, for the same implementation on any machine.", comesBack},
              {"an empty one, too", "the database holds the others, be it none", emptySet},
              {"too little capacity is told, with the size",
               "Writes to *sizeBytes how many there are; BAD_ARGUMENT when `capacity` is less",
               tooLittleCapacity},
              {"a restored database has the same content",
               "The state names its database by content", sameContent},
              {"damaged bytes are refused",
               "BAD_FORMAT for bytes of another implementation or version, and for damaged ones.",
               damaged},
          }};
}

}  // namespace ncore_conformance
