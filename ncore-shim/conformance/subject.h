// SPDX-License-Identifier: Apache-2.0
// The implementation that is judged, opened by path, and owners of what it hands out. Nothing here
// expects more of it than the header says.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ncore.h"
#include "requirement.h"

namespace ncore_conformance {

struct Settings {
  std::string library;
  std::optional<uint32_t> device;  // else the first that is listed
  std::string options;             // of the device
  std::string chapter;             // "": all
  std::string reference;           // another library, "": none
  uint32_t rounds = 0;             // of each random search; 0: as many as there is time for
  double seconds = 5;              // of each random search at most
  double patienceSeconds = 20;     // a job that takes longer never completes
  uint32_t streams = 1000000;      // of the requirement about many
  uint32_t seed = 1;
};

// From now on a call that does not return ends the process, unless this is called again.
void expectProgress(const Settings& settings);

// Those with which the reference is opened.
Settings referenceOf(Settings settings);

// Of a random search: how much of it the device took part in.
class Tally {
 public:
  void add(size_t patterns, size_t accepted) {
    ++sets_;
    patterns_ += patterns;
    accepted_ += accepted;
  }
  void addEvents(size_t events) { events_ += events; }
  void addUndecided() { ++undecided_; }
  // Throws Failure when the device has accepted less than a third of many patterns.
  void checkManyAccepted() const;
  [[nodiscard]] std::string text() const;  // "" where nothing was random

 private:
  size_t sets_ = 0;
  size_t patterns_ = 0;
  size_t accepted_ = 0;
  size_t events_ = 0;
  size_t undecided_ = 0;  // cases that PCRE2 gave up
};

class Subject {
 public:
  // Throws Failure when the library cannot be opened or does not speak the version.
  explicit Subject(const Settings& settings);

  [[nodiscard]] const NcoreApi& api() const { return *api_; }
  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] uint32_t deviceNumber() const { return deviceNumber_; }
  [[nodiscard]] const char* deviceOptions() const {
    return settings_.options.empty() ? nullptr : settings_.options.c_str();
  }
  [[nodiscard]] const NcoreCapabilities& capabilities() const { return capabilities_; }
  [[nodiscard]] bool claims(uint32_t capability) const {
    return (capabilities_.flags & capability) != 0;
  }
  // What comes at all comes soon: for making a case smaller that was found.
  void setPatience(double seconds) { settings_.patienceSeconds = seconds; }
  // Of the requirement that is being judged.
  [[nodiscard]] Tally& tally() { return tally_; }
  // Throws NotOffered without it.
  void needs(uint32_t capability, const char* name) const;

  // `wanted`, or the most that the device has.
  [[nodiscard]] uint32_t streams(uint32_t wanted) const;
  [[nodiscard]] uint32_t depth(uint32_t wanted) const;
  [[nodiscard]] uint32_t queues(uint32_t wanted) const;
  [[nodiscard]] uint32_t eventsOfJob(uint32_t wanted) const;
  [[nodiscard]] uint32_t jobBytes(uint32_t wanted) const;

  NcoreStatus (*getApi)(uint32_t abiVersion, const NcoreApi** api) = nullptr;

 private:
  void chooseDevice();
  void readCapabilities();

  Settings settings_;
  Tally tally_;
  const NcoreApi* api_ = nullptr;
  uint32_t deviceNumber_ = 0;
  NcoreCapabilities capabilities_{};
};

// The rounds of a random search: as many as were asked for, else for as long.
class Search {
 public:
  struct Cost {
    double share = 1;           // of the time
    uint32_t roundsForOne = 1;  // where a round is as long as so many of others
  };
  explicit Search(const Subject& subject) : Search(subject, Cost()) {}
  Search(const Subject& subject, const Cost& cost);

  // To be asked before each round; yes at least once.
  bool goesOn();

 private:
  const uint32_t roundsMax_;
  const std::chrono::duration<double> timeMax_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  uint32_t rounds_ = 0;
};

std::string nameOf(NcoreStatus status);
// Throws Failure when they differ.
void checkStatus(NcoreStatus got, NcoreStatus expected, const std::string& call);

struct Regex {
  std::string text;
  uint32_t flags = 0;
  uint32_t id = 0;

  bool operator==(const Regex&) const = default;
};
using PatternSet = std::vector<Regex>;

// Ids in the order of the list.
PatternSet patternSet(const std::vector<std::string>& texts, uint32_t flags = 0);

class Database {
 public:
  Database(const Subject& subject, const PatternSet& patterns);
  // Takes over a handle.
  Database(const Subject& subject, NcoreDatabase* handle) : handle(handle), subject_(subject) {}
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] PatternSet accepted(const PatternSet& patterns) const;

  NcoreDatabase* handle = nullptr;
  std::vector<NcorePatternReport> reports;

 private:
  const Subject& subject_;
};

class Device {
 public:
  explicit Device(const Subject& subject);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  uint32_t load(const Database& database);
  uint32_t use(const Database& database);  // loads and activates
  [[nodiscard]] NcoreDatabaseInfo info(uint32_t databaseId) const;

  NcoreDevice* handle = nullptr;

 private:
  const Subject& subject_;
};

struct Results {
  std::vector<NcoreCompletion> completions;
  std::vector<NcoreEvent> events;
};

// Of a queue.
struct QueueShape {
  uint32_t streams = 16;
  uint32_t depth = 64;
  uint64_t tablesBytes = 0;

  [[nodiscard]] NcoreQueueOptions options() const {
    return {sizeof(NcoreQueueOptions), streams, depth, 0, tablesBytes};
  }
};

class Queue {
 public:
  Queue(const Subject& subject, Device& device, QueueShape shape = {});
  ~Queue();
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  // How many were taken; RING_FULL is 0.
  uint32_t submit(const NcoreJob* jobs, uint32_t count);
  // Polls once.
  Results poll(uint32_t completionCapacity = 256, uint32_t eventCapacity = 4096);
  // Polls until there are `completions`; throws Failure when patience is at an end.
  Results wait(size_t completions);
  // Submits one job and waits for it.
  Results run(const NcoreJob& job);
  NcoreStatus statusOf(const NcoreJob& job) { return run(job).completions.at(0).status; }

  NcoreQueue* handle = nullptr;

 private:
  const Subject& subject_;
};

// Waits a little longer each time, and throws Failure when nothing has come for too long.
class Patience {
 public:
  explicit Patience(const Subject& subject) : seconds_(subject.settings().patienceSeconds) {}
  void wait(const std::string& what);
  void reward() { *this = Patience(seconds_); }

 private:
  explicit Patience(double seconds) : seconds_(seconds) {}
  double seconds_;
  int turns_ = 0;
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
};

// The rest is 0; `bytes` must outlive the job.
NcoreJob job(std::string_view bytes, uint32_t flags, uint32_t slot = 0, uint32_t generation = 1,
             uint64_t tag = 0);

constexpr uint32_t WHOLE = NCORE_JOB_OPEN | NCORE_JOB_CLOSE;

}  // namespace ncore_conformance
