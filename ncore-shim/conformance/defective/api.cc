// SPDX-License-Identifier: Apache-2.0
// The sound table (soundGetApi: the example, built with its entry renamed) with one defect.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "defective.h"
#include "ncore.h"

extern "C" NcoreStatus soundGetApi(uint32_t abiVersion, const NcoreApi** api);

namespace defective {
namespace {

struct Lane {  // what must be known of a queue to spoil it
  uint32_t depth = 0;
  std::map<uint32_t, uint32_t> generations;  // by slot, of the stream that is open
  std::deque<uint32_t> asked;                // generations that the host gave, of jobs in flight
  std::map<uint32_t, uint64_t> lengths;      // by slot
  const uint8_t* lastBytes = nullptr;        // of the last job that was submitted
  std::optional<NcoreJob> hoarded;
  int pipe[2] = {-1, -1};
};

const NcoreApi* sound = nullptr;
NcoreApi table;
Defect defect = Defect::NONE;
std::mutex mutex;
std::map<NcoreQueue*, Lane> lanes;
std::map<const uint8_t*, const uint8_t*> registered;  // memory, from and to
uint32_t firstDatabase = 0;
std::jthread lateReader;
volatile uint8_t lastRead = 0;  // else nothing would be read

void waitAWhile() { usleep(5000); }

bool isWord(const NcorePattern& pattern) {
  return pattern.regex != nullptr &&
         std::all_of(pattern.regex, pattern.regex + pattern.lengthBytes,
                     [](uint8_t byte) { return std::isalnum(byte) != 0; });
}

// Of the patterns that the sound implementation accepts.
NcoreStatus compileWords(const NcorePattern* patterns, uint32_t count, NcorePatternReport* reports,
                         NcoreDatabase** database) {
  std::vector<NcorePatternReport> all(count);
  NcoreStatus status = sound->compile(patterns, count, all.data(), database);
  if (status != NCORE_OK) return status;
  std::vector<NcorePattern> words;
  for (uint32_t i = 0; i < count; ++i) {
    if (all[i].verdict != NCORE_ACCEPTED) continue;
    if (isWord(patterns[i])) {
      words.push_back(patterns[i]);
    } else {
      all[i] = {NCORE_REFUSED_TOO_LARGE, 0, 0, "its automaton is too large", {}};
    }
  }
  sound->freeDatabase(*database);
  if (reports != nullptr) std::copy(all.begin(), all.end(), reports);
  return sound->compile(words.data(), static_cast<uint32_t>(words.size()), nullptr, database);
}

NcoreStatus compile(const NcorePattern* patterns, uint32_t count, NcorePatternReport* reports,
                    NcoreDatabase** database) {
  if (defect == Defect::CHOOSY) return compileWords(patterns, count, reports, database);
  if (defect != Defect::APPROXIMATE || patterns == nullptr) {
    return sound->compile(patterns, count, reports, database);
  }
  std::vector<NcorePattern> spoilt(patterns, patterns + count);
  for (NcorePattern& pattern : spoilt) pattern.flags |= NCORE_PATTERN_DOTALL;
  return sound->compile(spoilt.data(), count, reports, database);
}

void freeDatabase(NcoreDatabase* database) {
  if (defect != Defect::DATABASES_KEPT) sound->freeDatabase(database);
}

NcoreStatus restoreDatabase(const uint8_t* bytes, uint64_t sizeBytes, NcoreDatabase** database) {
  const NcoreStatus status = sound->restoreDatabase(bytes, sizeBytes, database);
  if (status != NCORE_BAD_FORMAT || defect != Defect::DAMAGE_IGNORED) return status;
  return sound->compile(nullptr, 0, nullptr, database);
}

NcoreStatus queryCapabilities(const NcoreDevice* device, NcoreCapabilities* capabilities) {
  const NcoreStatus status = sound->queryCapabilities(device, capabilities);
  if (status == NCORE_OK && defect == Defect::EXHAUSTED_TOO_SOON) {
    capabilities->flags |= NCORE_CAP_REPORTS_EXHAUSTION;
  }
  return status;
}

NcoreStatus activateDatabase(NcoreDevice* device, uint32_t databaseId) {
  if (defect == Defect::ACTIVATION_IGNORED) {
    const std::lock_guard lock(mutex);
    if (firstDatabase == 0) firstDatabase = databaseId;
    return sound->activateDatabase(device, firstDatabase);
  }
  return sound->activateDatabase(device, databaseId);
}

NcoreStatus openDevice(uint32_t number, const char* options, NcoreDevice** device) {
  firstDatabase = 0;
  return sound->openDevice(number, options, device);
}

// What the host has registered is of no account: its bytes are read wherever they lie.
NcoreStatus registerMemory(NcoreDevice* device, void* base, uint64_t sizeBytes) {
  if (defect != Defect::MEMORY_UNWATCHED) return sound->registerMemory(device, base, sizeBytes);
  const std::lock_guard lock(mutex);
  const auto* const begin = static_cast<const uint8_t*>(base);
  const auto next = registered.lower_bound(begin + sizeBytes);
  const bool overlaps = next != registered.begin() && std::prev(next)->second > begin;
  if (overlaps) return NCORE_BAD_ARGUMENT;
  registered[begin] = begin + sizeBytes;
  return NCORE_OK;
}

NcoreStatus unregisterMemory(NcoreDevice* device, void* base) {
  if (defect != Defect::MEMORY_UNWATCHED) return sound->unregisterMemory(device, base);
  const std::lock_guard lock(mutex);
  return registered.erase(static_cast<const uint8_t*>(base)) == 1 ? NCORE_OK : NCORE_BAD_ARGUMENT;
}

template <typename Struct>
void ignoreFields(Struct& given) {
  given.sizeBytes = sizeof given;
  given.reserved = 0;
}

NcoreStatus openQueue(NcoreDevice* device, const NcoreQueueOptions* options, NcoreQueue** queue) {
  if (options == nullptr) return sound->openQueue(device, options, queue);
  if (lateReader.joinable()) lateReader.join();
  if (options->sizeBytes != sizeof *options && defect != Defect::FIELDS_IGNORED) {
    return sound->openQueue(device, options, queue);
  }
  NcoreQueueOptions spoilt = *options;
  if (defect == Defect::FIELDS_IGNORED) ignoreFields(spoilt);
  if (defect == Defect::DEEPER && spoilt.depth > 0 && spoilt.depth < 1000) spoilt.depth += 2;
  const NcoreStatus status = sound->openQueue(device, &spoilt, queue);
  if (status != NCORE_OK) return status;
  const std::lock_guard lock(mutex);
  Lane& lane = lanes[*queue];
  lane.depth = spoilt.depth;
  if (defect == Defect::QUIET_FD && pipe2(lane.pipe, O_CLOEXEC) != 0) return NCORE_OUT_OF_MEMORY;
  return status;
}

// Not for a sanitizer to find.
[[gnu::no_sanitize("address")]] void readByte(const uint8_t* bytes) {
  waitAWhile();
  lastRead = *bytes;
}

// It has read for sure when the next queue is open.
void readLate(const uint8_t* bytes) { lateReader = std::jthread(readByte, bytes); }

NcoreStatus closeQueue(NcoreQueue* queue) {
  {
    const std::lock_guard lock(mutex);
    const uint8_t* const bytes = lanes[queue].lastBytes;
    if (defect == Defect::READS_LATE && bytes != nullptr) readLate(bytes);
    for (const int end : lanes[queue].pipe) {
      if (end >= 0) close(end);
    }
    lanes.erase(queue);
  }
  return sound->closeQueue(queue);
}

Lane& laneOf(NcoreQueue* queue) {
  const std::lock_guard lock(mutex);
  return lanes[queue];
}

void spoilGeneration(NcoreJob& job, Lane& lane) {
  if (job.flags & NCORE_JOB_OPEN) lane.generations[job.slot] = job.generation;
  const auto open = lane.generations.find(job.slot);
  if (open == lane.generations.end()) return;
  const uint32_t mask = defect == Defect::GENERATION_CUT ? 0xff : 0;
  if ((job.generation & mask) == (open->second & mask)) job.generation = open->second;
}

void spoilFarEnd(NcoreJob& job, Lane& lane) {
  uint64_t& length = lane.lengths[job.slot];
  if (job.flags & NCORE_JOB_OPEN) length = 0;
  length += job.lengthBytes;
  if (length > 1000) job.flags &= ~NCORE_JOB_END_OF_DATA;
}

bool spoilsGenerations() {
  return defect == Defect::GENERATION_IGNORED || defect == Defect::GENERATION_CUT;
}

void spoil(NcoreJob& job, Lane& lane) {
  if (defect == Defect::READS_BEYOND && job.bytes != nullptr) lastRead = job.bytes[job.lengthBytes];
  if (defect == Defect::JOBS_APART) job.flags |= NCORE_JOB_OPEN;
  if (defect == Defect::ALWAYS_END) job.flags |= NCORE_JOB_END_OF_DATA;
  if (defect == Defect::CLOSE_IGNORED) job.flags &= ~NCORE_JOB_CLOSE;
  if (defect == Defect::FLAGS_IGNORED) job.flags &= 0x1f;
  if (defect == Defect::SLOTS_FOLDED) job.slot &= 0xffff;
  if (defect == Defect::STATE_LOST && (job.flags & NCORE_JOB_IMPORT) != 0) {
    job.flags &= ~NCORE_JOB_IMPORT;
    job.state = nullptr;
    job.stateBytes = 0;
  }
  if (defect == Defect::FAR_END_IGNORED) spoilFarEnd(job, lane);
  if (spoilsGenerations()) spoilGeneration(job, lane);
}

bool hoards(NcoreQueue* queue, Lane& lane, const NcoreJob* jobs, uint32_t count) {
  if (!lane.hoarded && count == 1) {
    lane.hoarded = *jobs;
    return true;
  }
  uint32_t accepted = 0;
  if (lane.hoarded) sound->submit(queue, &*lane.hoarded, 1, &accepted);
  if (accepted == 1) lane.hoarded.reset();
  return false;
}

NcoreStatus submit(NcoreQueue* queue, const NcoreJob* jobs, uint32_t count, uint32_t* accepted) {
  if (queue == nullptr || jobs == nullptr || accepted == nullptr) {
    return sound->submit(queue, jobs, count, accepted);
  }
  Lane& lane = laneOf(queue);
  if (defect == Defect::HOARDS && hoards(queue, lane, jobs, count)) {
    *accepted = 1;
    return NCORE_OK;
  }
  std::vector<NcoreJob> spoilt(jobs, jobs + count);
  const auto generations = lane.generations;
  const auto lengths = lane.lengths;
  for (NcoreJob& job : spoilt) spoil(job, lane);
  const bool loses = defect == Defect::JOB_LOST && count > 2;
  const NcoreStatus status =
      sound->submit(queue, spoilt.data(), loses ? count - 1 : count, accepted);
  if (defect == Defect::SUBMIT_WAITS) waitAWhile();
  if (defect == Defect::WAITS_FOR_ROOM && status == NCORE_RING_FULL) waitAWhile();
  if (*accepted > 0) lane.lastBytes = jobs[*accepted - 1].bytes;
  if (*accepted < count) lane.generations = generations;
  if (*accepted < count) lane.lengths = lengths;
  for (uint32_t i = 0; i < *accepted && i < count; ++i) {
    lane.asked.push_back(jobs[i].generation);
    if (*accepted < count) spoil(spoilt[i], lane);
  }
  if (loses && status == NCORE_OK && *accepted == count - 1) ++*accepted;
  return status;
}

// Completions come in order, so the generations that were asked for do, too.
void giveGenerationsBack(Lane& lane, NcorePoll& results) {
  uint32_t event = 0;
  for (uint32_t i = 0; i < results.completionCount; ++i) {
    NcoreCompletion& completion = results.completions[i];
    for (; event < results.eventCount && results.events[event].tag == completion.tag; ++event) {
      results.events[event].generation = lane.asked.front();
    }
    completion.generation = lane.asked.front();
    lane.asked.pop_front();
  }
}

void spoilResults(NcorePoll& results) {
  NcoreEvent* const end = results.events + results.eventCount;
  if (defect == Defect::LATE) {
    std::for_each(results.events, end, [](NcoreEvent& event) { ++event.endOffset; });
  }
  if (defect == Defect::OFFSETS_CUT) {
    std::for_each(results.events, end, [](NcoreEvent& event) { event.endOffset &= 0xffffff; });
  }
  if (defect == Defect::FAR_LATE) {
    std::for_each(results.events, end, [](NcoreEvent& event) {
      if (event.endOffset > 1000) ++event.endOffset;
    });
  }
  if (defect == Defect::UNSORTED) std::reverse(results.events, end);
  if (defect == Defect::TWICE && results.eventCount > 0 &&
      results.eventCount < results.eventCapacity) {
    *end = end[-1];
    ++results.eventCount;
  }
  for (uint32_t i = 0; i < results.completionCount; ++i) {
    NcoreCompletion& completion = results.completions[i];
    if (defect == Defect::UNCOUNTED && completion.eventCount > 0) --completion.eventCount;
    if (defect == Defect::EXHAUSTED_TOO_SOON) completion.flags |= NCORE_COMPLETION_EXHAUSTED;
  }
  if (defect == Defect::COMPLETIONS_SWAPPED && results.completionCount > 1) {
    std::swap(results.completions[0], results.completions[1]);
  }
}

NcoreStatus poll(NcoreQueue* queue, NcorePoll* results) {
  if (defect == Defect::FIELDS_IGNORED && results != nullptr) ignoreFields(*results);
  const NcoreStatus status = sound->poll(queue, results);
  if (status != NCORE_OK) return status;
  const bool isEmpty = results->completionCount == 0 && results->eventCount == 0;
  if (defect == Defect::POLL_WAITS && isEmpty) waitAWhile();
  if (spoilsGenerations()) giveGenerationsBack(laneOf(queue), *results);
  spoilResults(*results);
  return status;
}

NcoreStatus queueEventFd(NcoreQueue* queue, int32_t* fd) {
  const NcoreStatus status = sound->queueEventFd(queue, fd);
  if (status == NCORE_OK && defect == Defect::QUIET_FD) *fd = laneOf(queue).pipe[0];
  return status;
}

void fillTable() {
  table = *sound;
  if (defect == Defect::SHORT_TABLE) table.sizeBytes -= uint32_t{sizeof table.queueEventFd};
  table.implementation = "a defective implementation, to try the suite";
  table.compile = compile;
  table.freeDatabase = freeDatabase;
  table.restoreDatabase = restoreDatabase;
  table.openDevice = openDevice;
  table.queryCapabilities = queryCapabilities;
  table.activateDatabase = activateDatabase;
  table.registerMemory = registerMemory;
  table.unregisterMemory = unregisterMemory;
  table.openQueue = openQueue;
  table.closeQueue = closeQueue;
  table.submit = submit;
  table.poll = poll;
  table.queueEventFd = queueEventFd;
}

}  // namespace
}  // namespace defective

NcoreStatus ncoreGetApi(uint32_t abiVersion, const NcoreApi** api) {
  using namespace defective;
  defect = defectWanted();
  if (defect == Defect::ANY_VERSION) abiVersion = NCORE_ABI_VERSION;
  const NcoreStatus status = soundGetApi(abiVersion, api);
  if (status != NCORE_OK) return status;
  sound = *api;
  fillTable();
  *api = &table;
  return NCORE_OK;
}
