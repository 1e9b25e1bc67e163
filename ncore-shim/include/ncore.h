// SPDX-License-Identifier: Apache-2.0
//
// ncore: the C ABI between a traffic probe and a device that matches patterns in byte streams.
//
// This header is the specification. A vendor builds a driver from it without reading the emulator;
// a host (the probe's matcher adapter, the conformance suite) uses nothing else.
//
// The model
// ---------
// A *device* has *queues*. A queue has one owner thread. The host submits batches of *jobs* to a
// queue and polls *completions* and *events* from it; there are no callbacks and no call blocks.
// A job carries the next bytes of one *stream*. A stream lives in a *slot* of one queue, from the
// job that opens it to the job that closes it; the host chooses slots and generations, so no
// round trip is needed to open one. Matching state crosses job borders: how a stream is cut into
// jobs never changes its events.
//
// Asynchrony
// ----------
// A host must assume that a job completes at some later poll. The only back-pressure is short
// acceptance: submit takes the first `accepted` jobs of the batch, the host keeps the rest and
// offers it again after a poll. Jobs of one stream are matched in the order of submission.
// Completions are reported in the order of submission, over all streams of the queue.
//
// Whose bytes
// -----------
// Job descriptors are read before submit returns. Job *bytes* stay the host's, unchanged, until
// poll has reported the job's completion; the device must not read them after that. A device with
// NCORE_CAP_CONSUMES_AT_SUBMIT is done with the bytes of accepted jobs when submit returns.
//
// Threads
// -------
// compile, listDevices and statusText: any thread. Functions on a device: any thread, the device
// serialises them. Functions on a queue: its owner thread only, which is the one that uses it;
// the device takes no lock on that path.
//
// Patterns
// --------
// PCRE2's syntax and semantics on bytes (no UTF, "C" locale tables, newline is LF), as far as a
// finite automaton goes: literals, escapes, classes, groups, alternation, counted and uncounted
// repetition (a lazy suffix changes nothing here), '^' and \A as the start of the stream, inline
// flags i and s. A pattern that a device cannot match exactly is refused when it is compiled, with
// the reason and the offset; it is never matched approximately. Refused by the rules of this
// version: patterns that match the empty string, '$' and its kin (NCORE_REFUSED_NEEDS_END; a later
// version adds an end-of-data probe), backreferences, lookaround, word boundaries, atomic groups
// and possessive repetition, Unicode properties.
//
// Events
// ------
// A pattern gives at most one event per stream: at the smallest end offset of any of its matches,
// wherever they start (what Hyperscan calls single match). The events of a job are sorted by
// (endOffset, patternId) without duplicates. So the events of a queue are a function of its jobs
// alone, and two devices can be compared byte for byte.
//
// Failure
// -------
// A failure of one job is in its completion's status. When submit or poll itself returns
// NCORE_OUT_OF_MEMORY or NCORE_DEVICE_LOST the queue's streams and results are lost, and close is
// the only call left; other returned statuses change nothing.
#ifndef WEIR_NCORE_H_
#define WEIR_NCORE_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define NCORE_EXPORT __attribute__((visibility("default")))
#else
#define NCORE_EXPORT
#endif

// Raised when a meaning or a layout changes; new functions are appended to NcoreApi without it.
#define NCORE_ABI_VERSION 1u

// The device number reserved for an emulator in software; no card has it.
#define NCORE_DEVICE_EMULATOR 0xffffffffu

typedef int32_t NcoreStatus;

enum {
  NCORE_OK = 0,
  NCORE_BAD_ARGUMENT = 1,      // a null pointer, an unknown flag, a slot or length out of range
  NCORE_ABI_MISMATCH = 2,      // the implementation does not speak the version asked for
  NCORE_NO_DEVICE = 3,         // no device with that number
  NCORE_DEVICE_LOST = 4,       // the device went away; only the close functions are left
  NCORE_OUT_OF_MEMORY = 5,     // host memory
  NCORE_OUT_OF_PATTERNS = 6,   // the database exceeds the device's pattern memory
  NCORE_OUT_OF_QUEUES = 7,     // as many queues are open as the device has
  NCORE_STALE_GENERATION = 8,  // the slot holds no stream, or one of another generation
  NCORE_NO_DATABASE = 9,       // no database of that id is loaded, or none is active
  NCORE_BUSY = 10              // what is to be closed or unloaded is in use
};

// ---------------------------------------------------------------- patterns and databases

// NcorePattern.flags, with PCRE2's meaning.
#define NCORE_PATTERN_CASELESS 0x1u
#define NCORE_PATTERN_DOTALL 0x2u

typedef struct NcorePattern {
  const uint8_t* regex;  // not null-terminated; may hold any byte
  uint32_t lengthBytes;
  uint32_t flags;
  uint32_t id;  // the host's; comes back in events; unique in a set
  uint32_t reserved;
} NcorePattern;

typedef int32_t NcoreVerdict;

enum {
  NCORE_ACCEPTED = 0,
  NCORE_REFUSED_SYNTAX = 1,       // PCRE2 would refuse it too
  NCORE_REFUSED_UNSUPPORTED = 2,  // valid, but not for an automaton, or not in this version
  NCORE_REFUSED_EMPTY_MATCH = 3,  // it matches the empty string
  NCORE_REFUSED_TOO_LARGE = 4,    // expanded size above the implementation's limit
  NCORE_REFUSED_DUPLICATE_ID = 5,
  NCORE_REFUSED_NEEDS_END = 6  // '$' and its kin, by a device that cannot test the end of data
};

typedef struct NcorePatternReport {
  NcoreVerdict verdict;
  uint32_t offsetBytes;  // in the regex, where the construct refused begins; 0 if it is all of it
  uint64_t size;         // positions of the expanded automaton, as far as known
  char reason[112];      // null-terminated English; empty when accepted
} NcorePatternReport;

// A compiled pattern set: immutable, independent of any device, usable by many devices.
typedef struct NcoreDatabase NcoreDatabase;

// ---------------------------------------------------------------- devices

typedef struct NcoreDevice NcoreDevice;

// NcoreCapabilities.flags
#define NCORE_CAP_SOFTWARE 0x1u            // runs on the host's processor, in the calling thread
#define NCORE_CAP_CONSUMES_AT_SUBMIT 0x2u  // see "Whose bytes"
#define NCORE_CAP_REPORTS_EXHAUSTION 0x4u  // sets NCORE_COMPLETION_EXHAUSTED

// Zero stands for "no limit of its own" in the maxima and for "no preference" in the best values.
typedef struct NcoreCapabilities {
  uint32_t sizeBytes;  // in: sizeof(NcoreCapabilities) as the host knows it
  uint32_t flags;
  uint32_t channels;  // independent matching units
  uint32_t queuesMax;
  uint32_t streamsMax;     // slots per queue
  uint32_t queueDepthMax;  // jobs in flight per queue
  uint32_t jobBytesMax;
  uint32_t batchJobsBest;   // jobs per submit at which throughput is stable
  uint32_t jobBytesBest;    // bytes per job at which throughput is stable
  uint32_t alignmentBytes;  // of job bytes, for the best speed; never a condition
  uint64_t patternMemoryBytes;
  char name[64];  // null-terminated
} NcoreCapabilities;

// ---------------------------------------------------------------- queues, jobs, results

typedef struct NcoreQueue NcoreQueue;

typedef struct NcoreQueueOptions {
  uint32_t streams;      // slots: numbers 0 to streams - 1; at least 1
  uint32_t depth;        // jobs submitted and not yet reported by poll; at least 1
  uint64_t tablesBytes;  // aim for the working tables a software device builds; 0: its default
} NcoreQueueOptions;

// NcoreJob.flags
//
// OPEN starts a stream in the slot, at offset 0, with the database that is active then; a stream
// that was there is dropped. CLOSE ends the stream after the job's bytes. A job with both is a
// whole stream. Without OPEN, the slot must hold a stream of the job's generation.
#define NCORE_JOB_OPEN 0x1u
#define NCORE_JOB_CLOSE 0x2u

typedef struct NcoreJob {
  const uint8_t* bytes;  // may be null when lengthBytes is 0
  uint32_t lengthBytes;  // 0 is allowed: only open, or only close
  uint32_t flags;
  uint32_t slot;
  uint32_t generation;  // the host's; tells apart the streams that use a slot in turn
  uint64_t tag;         // the host's; comes back untouched
} NcoreJob;

typedef struct NcoreEvent {
  uint64_t endOffset;  // bytes from the start of the stream to the end of the match; never 0
  uint64_t tag;        // of the job in which the match ended
  uint32_t slot;
  uint32_t generation;
  uint32_t patternId;
  uint32_t reserved;  // 0
} NcoreEvent;

// NcoreCompletion.flags
//
// EXHAUSTED: no further byte of this stream can give an event. A hint that saves work: devices may
// omit it, but never set it wrongly.
#define NCORE_COMPLETION_EXHAUSTED 0x1u

// A job that fails (status is not NCORE_OK) changes nothing, has no events and completes like any
// other. BAD_ARGUMENT, STALE_GENERATION and NO_DATABASE are such failures: they concern one job,
// so submit accepts it and poll tells.
typedef struct NcoreCompletion {
  uint64_t tag;
  uint32_t slot;
  uint32_t generation;
  NcoreStatus status;
  uint32_t flags;
  uint32_t eventCount;
  uint32_t reserved;  // 0
} NcoreCompletion;

// In: the two arrays and their capacities. Out: the counts written.
typedef struct NcorePoll {
  NcoreCompletion* completions;
  uint32_t completionCapacity;
  uint32_t completionCount;
  NcoreEvent* events;
  uint32_t eventCapacity;
  uint32_t eventCount;
} NcorePoll;

// ---------------------------------------------------------------- the functions

// Output handles are written only when NCORE_OK is returned.
typedef struct NcoreApi {
  uint32_t abiVersion;
  uint32_t sizeBytes;  // of this table; functions beyond it do not exist

  const char* (*statusText)(NcoreStatus status);

  // Writes up to `capacity` numbers, and to *count how many devices there are.
  NcoreStatus (*listDevices)(uint32_t* numbers, uint32_t capacity, uint32_t* count);

  // Compiles what it accepts and says in reports[i] (may be null) what became of patterns[i].
  // Refused patterns are not an error: the database holds the others, be it none.
  NcoreStatus (*compile)(const NcorePattern* patterns, uint32_t count, NcorePatternReport* reports,
                         NcoreDatabase** database);
  // Devices that have loaded it do not need it any more.
  void (*freeDatabase)(NcoreDatabase* database);

  NcoreStatus (*openDevice)(uint32_t number, NcoreDevice** device);
  // NCORE_BUSY while a queue is open.
  NcoreStatus (*closeDevice)(NcoreDevice* device);
  NcoreStatus (*queryCapabilities)(const NcoreDevice* device, NcoreCapabilities* capabilities);

  // Several databases can be loaded; streams opened from now on use the one activated last.
  // Streams that are open keep theirs, so patterns are exchanged without losing a stream. An
  // activation takes effect on a queue at its next submit.
  NcoreStatus (*loadDatabase)(NcoreDevice* device, const NcoreDatabase* database,
                              uint32_t* databaseId);
  NcoreStatus (*activateDatabase)(NcoreDevice* device, uint32_t databaseId);
  // NCORE_BUSY for the active one. Streams opened with it go on; its memory returns with the last.
  NcoreStatus (*unloadDatabase)(NcoreDevice* device, uint32_t databaseId);

  NcoreStatus (*openQueue)(NcoreDevice* device, const NcoreQueueOptions* options,
                           NcoreQueue** queue);
  // Drops open streams and results not polled; the bytes of jobs in flight are the host's again.
  NcoreStatus (*closeQueue)(NcoreQueue* queue);

  // Takes jobs[0] to jobs[*accepted - 1]. NCORE_OK also when short, even when none is accepted.
  NcoreStatus (*submit)(NcoreQueue* queue, const NcoreJob* jobs, uint32_t count,
                        uint32_t* accepted);
  // Never waits. A job's events come before or with its completion, in order; where the event
  // array is too short for a job they go on in the next poll, and its completion comes with the
  // last of them. So the sum of eventCount over completions accounts for every event.
  NcoreStatus (*poll)(NcoreQueue* queue, NcorePoll* results);
} NcoreApi;

// The one symbol an implementation exports. NCORE_ABI_MISMATCH, with *api untouched, when it does
// not speak `abiVersion` exactly. The table lives as long as the implementation is loaded.
NCORE_EXPORT NcoreStatus ncoreGetApi(uint32_t abiVersion, const NcoreApi** api);

#ifdef __cplusplus
}
#endif

#endif  // WEIR_NCORE_H_
