// SPDX-License-Identifier: Apache-2.0
//
// ncore: the C ABI between a traffic probe and a device that matches patterns in byte streams.
//
// This header is the specification. A vendor builds a driver from it without reading the emulator;
// a host (the probe's matcher adapter, the conformance suite) uses nothing else. "Must" and "may"
// are meant as in RFC 2119; what a device must do is tested by the conformance suite.
//
// The model
// ---------
// A *device* has *queues*. A queue has one owner thread. The host submits batches of *jobs* to a
// queue and polls *completions* and *events* from it; there are no callbacks, and neither of the
// two waits. A job carries the next bytes of one *stream*. A stream lives in a *slot* of one queue,
// from the job that opens it to the job that closes it; the host chooses slots and generations, so
// no round trip is needed to open one. Matching state crosses job borders: how a stream is cut into
// jobs never changes its events (but for patterns of the end of data, see below).
//
// Asynchrony
// ----------
// A host must assume that a job completes at some later poll. Any number of jobs of one stream may
// be in flight; they are matched in the order of submission. The only back-pressure is short
// acceptance: submit takes the first `accepted` jobs of the batch, the host keeps the rest and
// offers it again after a poll. Completions are reported in the order of submission, over all
// streams of the queue.
//
// Progress
// --------
// An accepted job completes without another submit: a device that gathers jobs must not hold the
// last ones back for more to come. It may need polls to go on; a queue whose event descriptor was
// asked for needs none. submit, poll and queueEventFd never wait for the device. The others may:
// closeQueue, closeDevice and unregisterMemory for a bounded time, of which a second is much, also
// when the device is lost or a job never ends. openQueue takes some milliseconds at most, also
// while another thread is in loadDatabase or unloadDatabase: flows may be waiting for the queue.
//
// Whose bytes
// -----------
// Job descriptors are read before submit returns. Job *bytes* stay the host's, unchanged, until
// poll has reported the job's completion; the device must not read them after that. A device with
// NCORE_CAP_CONSUMES_AT_SUBMIT is done with the bytes of accepted jobs when submit returns.
// What is never reported, since the device or the queue is lost, stays the device's until
// closeQueue returns; after that the device touches no memory of the queue's jobs.
// Job bytes may lie anywhere in the host's memory: a device that cannot reach them copies them. A
// host that wants to spare it the copy has its buffers registered (registerMemory) and takes job
// bytes from there.
//
// Threads
// -------
// compile, saveDatabase, restoreDatabase, freeDatabase, listDevices and statusText: any thread.
// Functions on a device: any thread, the device serialises them. Functions on a queue: its owner
// thread only, which is the one that uses it; a host may hand a queue over from one thread to
// another, which it synchronises (opened by one, used by the next, closed by a third), never two at
// a time. The device takes no lock on that path that another queue's owner could hold for long.
//
// Patterns
// --------
// PCRE2's syntax and semantics on bytes (no UTF, "C" locale tables, newline is LF), as far as a
// finite automaton goes: literals, escapes, classes, groups, alternation, counted and uncounted
// repetition (a lazy suffix changes nothing here), '^' and \A as the start of the stream, '$', \Z
// and \z as the end of data, inline flags i and s. A pattern that a device cannot match exactly is
// refused when it is compiled, with the reason and the offset; it is never matched approximately.
// Every implementation refuses: patterns that match the empty string, backreferences, lookaround,
// word boundaries, atomic groups and possessive repetition, Unicode properties, and what releases
// of PCRE2 read differently (see "Syntax"). It may refuse '$' (NCORE_REFUSED_NEEDS_END), and what
// is too large for it (NCORE_REFUSED_TOO_LARGE): the host gives such patterns to another engine.
// Whatever is found first is told: a regex that has both what the device does not support and wrong
// syntax may be called either, but NCORE_REFUSED_SYNTAX is said of nothing that PCRE2 accepts.
//
// Syntax
// ------
// Every implementation accepts, and gives PCRE2's meaning to:
//   c                     any byte but NUL, which may be refused, \ ^ $ . [ ( ) | * + ? and a '{'
//                         that begins a count; ']', '}' and other '{' stand for themselves
//   \c                    the byte c, where c is no letter and no digit
//   \a \e \f \n \r \t     as in C, \e is 0x1b
//   \0 \0o \0oo           octal
//   \xhh \x{hh}           hexadecimal, of two digits
//   .                     any byte but LF; with DOTALL any byte
//   \d \D \w \W \s \S     PCRE2's "C" tables: \s is 0x09 to 0x0d and 0x20
//   \h \H \v \V           \h is 0x09, 0x20, 0xa0; \v is 0x0a to 0x0d, 0x85
//   [...] [^...]          with bytes, ranges, the escapes above, \b for 0x08, and POSIX's
//                         [:name:] and [:^name:], of which the names are
//                         alnum alpha ascii blank cntrl digit graph lower print punct space upper
//                         word xdigit
//   (...) (?:...) |       capturing makes no difference
//   * + ? {n} {n,} {n,m}  to 65535, where the automaton is not too large; lazy with ? behind
//   (?i) (?s) (?-i) (?is-i:...) and the like
//   ^ \A                  the start of the stream; also within groups and branches
//   $ \Z \z               with NCORE_CAP_END_OF_DATA
// Every implementation refuses, as NCORE_REFUSED_UNSUPPORTED, since releases of PCRE2 differ:
//   {,m} and counts with blanks in them; a repetition of ^, \A, $, \Z or \z, such as "$*" or "^?"
// What is in neither list may be refused as NCORE_REFUSED_UNSUPPORTED, or is matched as PCRE2 does:
// \N, \R, \K, \Q...\E, \cX, \C, \G, \o{}, \x with other numbers of digits, octal numbers without
// \0, named groups, (?|, comments, the flags m, n, x, J and U, conditions, recursion, verbs,
// callouts, a repetition of a repetition. CASELESS, and (?i), concern the 52 letters of ASCII and
// no other byte.
//
// Events
// ------
// A pattern gives at most one event per stream: at the smallest end offset of any of its matches,
// wherever they start (what Hyperscan calls single match). The events of a job are sorted by
// (endOffset, patternId) without duplicates. The events of all jobs of a queue are one sequence, in
// the order of submission. So the events of a queue are a function of its jobs alone, and two
// devices can be compared byte for byte.
//
// The end of data
// ---------------
// A pattern with '$', \Z or \z anywhere in it is a pattern of the data seen so far. It is tested
// after the bytes of each job that has NCORE_JOB_END_OF_DATA, with the end of those bytes as the
// end of data, and at no other time: when the pattern then has a match anywhere in the stream so
// far, its event has the length of the stream so far as its end offset. '$' and \Z hold at the end
// of data and before a line feed that is the last byte of it, \z at the end only. The stream goes
// on afterwards. Such a job may have no bytes.
//
// Moving streams
// --------------
// A job with NCORE_JOB_EXPORT writes the stream's state, as it is after the job's bytes, into
// `state`; one with NCORE_JOB_IMPORT (and OPEN) starts a stream from such a state. The state names
// its database by content; it may be imported into any queue of any device of the same
// implementation that has a database of that content loaded, active or not. Offsets go on. Like the
// active database of OPEN, that database is looked for when the job is submitted. A state of which
// any byte is damaged is NCORE_BAD_FORMAT, also where it then names another database.
//
// Failure
// -------
// A failure of one job is in its completion's status; jobs around it are not affected. A job with
// several faults has the status of the first of: BAD_ARGUMENT, of what the job itself says;
// UNSUPPORTED; STALE_GENERATION; BAD_FORMAT; NO_DATABASE; BAD_ARGUMENT, of too little room for a
// state. TIMEOUT takes the place of any but the first. When submit
// or poll itself returns NCORE_OUT_OF_MEMORY or NCORE_DEVICE_LOST the queue's streams and results
// are lost, and close is the only call left. Out of memory is that queue alone; a lost device
// returns NCORE_DEVICE_LOST from then on for all of its queues, from openQueue and from the
// functions on loaded databases. Other returned statuses change nothing. A device may come back:
// the host closes it and opens it anew. How long a host waits for a completion is its own matter. A
// device need not be openable a second time while it is open: NCORE_BUSY then.
//
// Room for what comes
// -------------------
// A host writes 0 to reserved fields. What is not 0 there is refused as an unknown flag is.
// A version grows at two places only: by functions at the end of NcoreApi, and by fields at the end
// of structures that begin with sizeBytes. A host sets such a structure to 0 before the call, since
// a device writes what it knows and leaves the rest. What a device reads of such a structure and
// does not know must be 0, else it refuses it (BAD_ARGUMENT), as it does one that is shorter than
// this version's first form. What a device reads and the host's structure is too short for is 0.
// The functions of NCORE_API_BASE_BYTES are in every table of the version; of a later one a host
// asks NCORE_API_HAS. A device gives no status, verdict or flag that its version does not name.
// Everything else is another version; an implementation may speak several, and a host asks
// ncoreGetApi for its newest first.
#ifndef WEIR_NCORE_H_
#define WEIR_NCORE_H_

#include <stddef.h>
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
#define NCORE_ABI_VERSION 3u

// The device number reserved for an emulator in software; no card has it.
#define NCORE_DEVICE_EMULATOR 0xffffffffu

typedef int32_t NcoreStatus;

enum {
  NCORE_OK = 0,
  NCORE_BAD_ARGUMENT = 1,       // a null pointer, an unknown flag, a slot or length out of range
  NCORE_ABI_MISMATCH = 2,       // the implementation does not speak the version asked for
  NCORE_NO_DEVICE = 3,          // no device with that number
  NCORE_DEVICE_LOST = 4,        // the device went away; only the close functions are left
  NCORE_OUT_OF_MEMORY = 5,      // the host's, or the device's for streams
  NCORE_OUT_OF_PATTERNS = 6,    // the database exceeds the device's pattern memory
  NCORE_OUT_OF_QUEUES = 7,      // as many queues are open as the device has
  NCORE_STALE_GENERATION = 8,   // the slot holds no stream, or one of another generation
  NCORE_NO_DATABASE = 9,        // no database of that id or content is loaded, or none is active
  NCORE_BUSY = 10,              // what is to be closed, unloaded or opened again is in use
  NCORE_RING_FULL = 11,         // submit took no job, since as many are in flight as there may be
  NCORE_EVENTS_TRUNCATED = 12,  // the job has more events than the device reports
  NCORE_TIMEOUT = 13,           // the device gave a job up; its stream is dropped
  NCORE_BAD_FORMAT = 14,        // bytes that no such function has written, or damaged ones
  NCORE_UNSUPPORTED = 15        // the device has no such function
};

// ---------------------------------------------------------------- patterns and databases

// NcorePattern.flags, with PCRE2's meaning.
#define NCORE_PATTERN_CASELESS 0x1u
#define NCORE_PATTERN_DOTALL 0x2u

typedef struct NcorePattern {
  const uint8_t* regex;  // not null-terminated; may hold any byte
  uint32_t lengthBytes;
  uint32_t flags;  // with unknown ones it is NCORE_REFUSED_UNSUPPORTED
  uint32_t id;     // the host's; comes back in events; unique in a set
  uint32_t reserved;
} NcorePattern;

typedef int32_t NcoreVerdict;

enum {
  NCORE_ACCEPTED = 0,
  NCORE_REFUSED_SYNTAX = 1,       // PCRE2 would refuse it too
  NCORE_REFUSED_UNSUPPORTED = 2,  // not for an automaton, or not in this version
  NCORE_REFUSED_EMPTY_MATCH = 3,  // it matches the empty string
  NCORE_REFUSED_TOO_LARGE = 4,    // its automaton is above the implementation's limit
  NCORE_REFUSED_DUPLICATE_ID = 5,
  NCORE_REFUSED_NEEDS_END = 6  // '$' and its kin, by an implementation that cannot test them
};

typedef struct NcorePatternReport {
  NcoreVerdict verdict;
  uint32_t offsetBytes;  // in the regex, where the construct refused begins; 0 if it is all of it
  uint64_t size;         // of the automaton, in the unit of the limit that refused it; 0: not known
  char reason[112];      // null-terminated English; empty when accepted
  uint64_t reserved[2];  // the device writes 0
} NcorePatternReport;

// A compiled pattern set: immutable, independent of any device, usable by many devices of the
// implementation that compiled it.
typedef struct NcoreDatabase NcoreDatabase;

// ---------------------------------------------------------------- devices

typedef struct NcoreDevice NcoreDevice;

// NcoreCapabilities.flags
#define NCORE_CAP_SOFTWARE 0x1u            // runs on the host's processor
#define NCORE_CAP_CONSUMES_AT_SUBMIT 0x2u  // see "Whose bytes"
#define NCORE_CAP_REPORTS_EXHAUSTION 0x4u  // sets NCORE_COMPLETION_EXHAUSTED
#define NCORE_CAP_END_OF_DATA 0x8u         // see "The end of data"
#define NCORE_CAP_STREAM_STATES 0x10u      // see "Moving streams"
#define NCORE_CAP_EVENT_FD 0x20u           // has queueEventFd
#define NCORE_CAP_WANTS_MEMORY 0x40u       // spares a copy of registered memory

// Zero stands for "no limit of its own" in the maxima and for "no preference" in the best values.
typedef struct NcoreCapabilities {
  uint32_t sizeBytes;  // in: sizeof(NcoreCapabilities) as the host knows it
  uint32_t flags;
  uint32_t channels;  // independent matching units
  uint32_t queuesMax;
  uint32_t streamsMax;     // slots per queue
  uint32_t queueDepthMax;  // jobs in flight per queue
  uint32_t jobBytesMax;
  uint32_t batchJobsBest;    // jobs per submit at which throughput is stable
  uint32_t jobBytesBest;     // bytes per job at which throughput is stable
  uint32_t blockBytes;       // jobs cost as if their length were a multiple of it
  uint32_t alignmentBytes;   // of job bytes, for the best speed; never a condition
  uint32_t eventsPerJobMax;  // of those beyond, NCORE_EVENTS_TRUNCATED tells
  uint64_t patternMemoryBytes;
  uint64_t deviceStreamsMax;  // slots of all open queues together
  char name[64];              // null-terminated
} NcoreCapabilities;

// What a database takes on a device.
typedef struct NcoreDatabaseInfo {
  uint32_t sizeBytes;           // in: sizeof(NcoreDatabaseInfo) as the host knows it
  uint32_t patterns;            // accepted
  uint64_t patternMemoryBytes;  // of the device's, as far as known when asked
  uint32_t streamBytes;         // memory that an open stream takes
  uint32_t stateBytesMax;       // of an exported state
} NcoreDatabaseInfo;

// ---------------------------------------------------------------- queues, jobs, results

typedef struct NcoreQueue NcoreQueue;

typedef struct NcoreQueueOptions {
  uint32_t sizeBytes;    // sizeof(NcoreQueueOptions) as the host knows it
  uint32_t streams;      // slots: numbers 0 to streams - 1; at least 1, millions are usual
  uint32_t depth;        // jobs submitted and not yet reported by poll; at least 1
  uint32_t reserved;     // 0
  uint64_t tablesBytes;  // aim for the working tables a software device builds; 0: its default
} NcoreQueueOptions;

// NcoreJob.flags
//
// OPEN starts a stream in the slot, at offset 0, with the database that is active then; a stream
// that was there is dropped. CLOSE ends the stream after the job's bytes. A job with both is a
// whole stream. Without OPEN, the slot must hold a stream of the job's generation.
#define NCORE_JOB_OPEN 0x1u
#define NCORE_JOB_CLOSE 0x2u
// See "The end of data". Of no effect on a stream whose database has no such pattern.
#define NCORE_JOB_END_OF_DATA 0x4u
// See "Moving streams". IMPORT needs OPEN. A job has one of them at most.
#define NCORE_JOB_EXPORT 0x8u
#define NCORE_JOB_IMPORT 0x10u

typedef struct NcoreJob {
  const uint8_t* bytes;  // may be null when lengthBytes is 0
  uint32_t lengthBytes;  // 0 is allowed: only open, only close, only test the end of data …
  uint32_t flags;
  uint32_t slot;
  uint32_t generation;  // the host's; tells apart the streams that use a slot in turn
  uint64_t tag;         // the host's; comes back untouched
  // With IMPORT: the state, with EXPORT: room for it; like the job's bytes the device's until the
  // completion was polled, also with NCORE_CAP_CONSUMES_AT_SUBMIT. Null without these flags.
  uint8_t* state;
  uint32_t stateBytes;  // IMPORT: of the state; EXPORT: of the room
  uint32_t reserved;    // 0
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

// A job whose status is BAD_ARGUMENT, STALE_GENERATION, NO_DATABASE, BAD_FORMAT or UNSUPPORTED
// changes nothing, has no events and completes like any other: such failures concern one job, so
// submit accepts it and poll tells. An OPEN that fails leaves the stream that was in the slot.
// TIMEOUT: the stream is dropped, so later jobs of it are stale; a job that was to OPEN one leaves
// none in the slot, neither the new one nor the one before. EVENTS_TRUNCATED: the job was
// matched, the events are the first eventsPerJobMax of it in their order; the others are lost.
// EXPORT with room for less than stateBytesMax of the stream's database is BAD_ARGUMENT, however
// small the state is.
typedef struct NcoreCompletion {
  uint64_t tag;
  uint32_t slot;
  uint32_t generation;
  NcoreStatus status;
  uint32_t flags;
  uint32_t eventCount;
  uint32_t stateBytes;  // EXPORT: of the state that was written; else 0
} NcoreCompletion;

// In: the two arrays and their capacities. Out: the counts written.
typedef struct NcorePoll {
  uint32_t sizeBytes;  // sizeof(NcorePoll) as the host knows it
  uint32_t reserved;   // 0
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
  uint32_t sizeBytes;          // of this table; functions beyond it do not exist
  const char* implementation;  // name and version, for people

  const char* (*statusText)(NcoreStatus status);

  // Writes up to `capacity` numbers, and to *count how many devices there are.
  NcoreStatus (*listDevices)(uint32_t* numbers, uint32_t capacity, uint32_t* count);

  // Compiles what it accepts and says in reports[i] (may be null) what became of patterns[i].
  // Refused patterns are not an error: the database holds the others, be it none. BAD_ARGUMENT, for
  // all of them, when a regex is null though it has a length, or a reserved field is not 0.
  NcoreStatus (*compile)(const NcorePattern* patterns, uint32_t count, NcorePatternReport* reports,
                         NcoreDatabase** database);
  // Devices that have loaded it do not need it any more. Null does nothing.
  void (*freeDatabase)(NcoreDatabase* database);
  // A database as bytes, for the same implementation on any machine. Writes to *sizeBytes how many
  // there are; BAD_ARGUMENT when `capacity` is less, which 0 (with null bytes) may be, to ask.
  NcoreStatus (*saveDatabase)(const NcoreDatabase* database, uint8_t* bytes, uint64_t capacity,
                              uint64_t* sizeBytes);
  // BAD_FORMAT for bytes of another implementation or version, and for damaged ones.
  NcoreStatus (*restoreDatabase)(const uint8_t* bytes, uint64_t sizeBytes,
                                 NcoreDatabase** database);

  // `options`: null, or null-terminated settings of this device, "name=value" separated by commas;
  // BAD_ARGUMENT for a name or value that it does not know.
  NcoreStatus (*openDevice)(uint32_t number, const char* options, NcoreDevice** device);
  // NCORE_BUSY while a queue is open.
  NcoreStatus (*closeDevice)(NcoreDevice* device);
  NcoreStatus (*queryCapabilities)(const NcoreDevice* device, NcoreCapabilities* capabilities);

  // Several databases can be loaded; streams opened from now on use the one activated last.
  // Streams that are open keep theirs, so patterns are exchanged without losing a stream. An
  // activation takes effect on a queue at its next submit. OUT_OF_MEMORY when the streams of the
  // open queues have no room with it: the database that was active stays so.
  NcoreStatus (*loadDatabase)(NcoreDevice* device, const NcoreDatabase* database,
                              uint32_t* databaseId);
  NcoreStatus (*activateDatabase)(NcoreDevice* device, uint32_t databaseId);
  // NCORE_BUSY for the active one. Streams opened with it go on; its memory returns with the last.
  NcoreStatus (*unloadDatabase)(NcoreDevice* device, uint32_t databaseId);
  NcoreStatus (*queryDatabase)(const NcoreDevice* device, uint32_t databaseId,
                               NcoreDatabaseInfo* info);

  // Memory that job bytes will come from, whole pages. UNSUPPORTED where it spares nothing,
  // BAD_ARGUMENT when some of it is registered already. closeDevice ends what is left.
  NcoreStatus (*registerMemory)(NcoreDevice* device, void* base, uint64_t sizeBytes);
  // NCORE_BUSY while jobs in flight have their bytes there, BAD_ARGUMENT when no registered memory
  // begins at `base`.
  NcoreStatus (*unregisterMemory)(NcoreDevice* device, void* base);

  // BAD_ARGUMENT when streams or depth is 0, or above the device's maximum. OUT_OF_MEMORY when so
  // many streams have no room beside those of other queues, as with more than deviceStreamsMax.
  NcoreStatus (*openQueue)(NcoreDevice* device, const NcoreQueueOptions* options,
                           NcoreQueue** queue);
  // Drops open streams and results not polled; the bytes of jobs in flight are the host's again.
  NcoreStatus (*closeQueue)(NcoreQueue* queue);

  // Takes jobs[0] to jobs[*accepted - 1]. NCORE_OK also when short; NCORE_RING_FULL when there are
  // jobs and none was taken, which never is while none is in flight. A device may take less than
  // the queue's depth has room for.
  NcoreStatus (*submit)(NcoreQueue* queue, const NcoreJob* jobs, uint32_t count,
                        uint32_t* accepted);
  // Never waits. A job's events come before or with its completion, in order; where the event
  // array is too short for a job they go on in the next poll, and its completion comes with the
  // last of them. So the sum of eventCount over completions accounts for every event.
  NcoreStatus (*poll)(NcoreQueue* queue, NcorePoll* results);
  // A file descriptor for event loops, the queue's, open as long as the queue: readable (POLLIN)
  // when poll has something to give, until a poll has given all of it, and for good once the device
  // is lost or the queue has returned, or is to return, OUT_OF_MEMORY from submit or poll.
  // The host does not read it. UNSUPPORTED without NCORE_CAP_EVENT_FD.
  NcoreStatus (*queueEventFd)(NcoreQueue* queue, int32_t* fd);
} NcoreApi;

// Of the functions that version NCORE_ABI_VERSION began with; stays when functions are appended.
#define NCORE_API_BASE_BYTES (offsetof(NcoreApi, queueEventFd) + sizeof(NcoreStatus(*)(void)))

// Whether a table has a function that was appended.
#define NCORE_API_HAS(api, function)                                                  \
  ((api)->sizeBytes >= offsetof(NcoreApi, function) + sizeof(NcoreStatus(*)(void)) && \
   (api)->function != 0)

// A compiler that lays these out otherwise builds another ABI. In version 3, with 64-bit pointers:
#if UINTPTR_MAX == 0xffffffffffffffffu && \
    (defined(__cplusplus) || (defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L))
#ifdef __cplusplus
#define NCORE_LAYOUT(type, bytes) \
  static_assert(sizeof(type) == (bytes), #type " has another layout")
#else
#define NCORE_LAYOUT(type, bytes) \
  _Static_assert(sizeof(type) == (bytes), #type " has another layout")
#endif
NCORE_LAYOUT(NcorePattern, 24);
NCORE_LAYOUT(NcorePatternReport, 144);
NCORE_LAYOUT(NcoreCapabilities, 128);
NCORE_LAYOUT(NcoreDatabaseInfo, 24);
NCORE_LAYOUT(NcoreQueueOptions, 24);
NCORE_LAYOUT(NcoreJob, 48);
NCORE_LAYOUT(NcoreEvent, 32);
NCORE_LAYOUT(NcoreCompletion, 32);
NCORE_LAYOUT(NcorePoll, 40);
NCORE_LAYOUT(char[NCORE_API_BASE_BYTES], 176);
#undef NCORE_LAYOUT
#endif

// The one symbol an implementation exports. NCORE_ABI_MISMATCH, with *api untouched, when it does
// not speak `abiVersion` exactly. The table lives as long as the implementation is loaded, and a
// host does not unload it: threads of a device may outlive its handles for a moment.
NCORE_EXPORT NcoreStatus ncoreGetApi(uint32_t abiVersion, const NcoreApi** api);

#ifdef __cplusplus
}
#endif

#endif  // WEIR_NCORE_H_
