// SPDX-License-Identifier: Apache-2.0
// devicespeed STREAMS STREAM_OCTETS PATTERNS DEVICE SETTINGS SECONDS BLOCKS BATCHES: how fast a
// device matches jobs of so many octets each (BLOCKS), and how long jobs take that are submitted so
// many together (BATCHES), as JSON. DEVICE is `emulator`, `hyperscan` (called directly) or the path
// of a library that speaks ncore.h; SETTINGS are openDevice's, "" for none. Lists have commas.
//
// Time and processor time are taken while jobs flow, after all streams went through once (or a
// quarter of a second has passed): tables that are built on the way are there then.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "job_feed.h"
#include "speed_device.h"

namespace {

using bench::JobFeed;
using bench::SpeedDevice;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr uint32_t DEPTH = 1024;
constexpr uint32_t SUBMIT_JOBS = 256;
constexpr uint32_t LATENCY_JOB_OCTETS = 500;
constexpr double WARM_UP_SECONDS = 0.25;

/// Of all threads, the device's included.
double processorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double since(Clock::time_point start) { return Seconds(Clock::now() - start).count(); }

struct Throughput {
  uint32_t blockOctets = 0;
  uint64_t jobs = 0;
  uint64_t events = 0;
  double seconds = 0;
  double processorSeconds = 0;
};

/// Keeps a device as busy as it lets itself be.
class Pump {
 public:
  Pump(SpeedDevice& device, JobFeed& feed) : device_(device), feed_(feed) {}

  /// Until so many jobs were done, or for so long.
  void run(uint64_t jobs, double seconds) {
    const Clock::time_point start = Clock::now();
    const uint64_t goal = done_ + jobs;
    while (done_ < goal && since(start) < seconds) turn();
  }

  void drain() {
    while (done_ < submitted_) {
      const uint32_t count = device_.poll();
      done_ += count;
      if (count == 0) device_.wait();
    }
  }

  [[nodiscard]] uint64_t done() const { return done_; }

 private:
  void turn() {
    if (next_ == batch_.size()) {
      feed_.take(batch_);
      next_ = 0;
    }
    const uint32_t taken = device_.submit(std::span(batch_).subspan(next_));
    next_ += taken;
    submitted_ += taken;
    const uint32_t count = device_.poll();
    done_ += count;
    if (taken == 0 && count == 0) device_.wait();
  }

  SpeedDevice& device_;
  JobFeed& feed_;
  std::array<NcoreJob, SUBMIT_JOBS> batch_{};
  size_t next_ = SUBMIT_JOBS;
  uint64_t submitted_ = 0;
  uint64_t done_ = 0;
};

Throughput measureThroughput(SpeedDevice& device, const bench::PayloadStreams& streams,
                             uint32_t blockOctets, double seconds) {
  JobFeed feed(streams, blockOctets);
  Pump pump(device, feed);
  pump.run(feed.jobsOfAllStreams(), WARM_UP_SECONDS);
  Throughput before{blockOctets, pump.done(), device.events(), 0, processorSeconds()};
  const Clock::time_point start = Clock::now();
  pump.run(UINT64_MAX / 2, seconds);
  const double took = since(start);
  const Throughput result{blockOctets, pump.done() - before.jobs, device.events() - before.events,
                          took, processorSeconds() - before.processorSeconds};
  pump.drain();
  return result;
}

struct Latency {
  uint32_t batchJobs = 0;
  uint64_t jobs = 0;
  uint64_t medianNs = 0;
  uint64_t percentile99Ns = 0;
};

/// From the moment before a batch is submitted to the poll that tells of a job's end. Who waits
/// sleeps: spinning would take a core from the device's threads.
void timeBatch(SpeedDevice& device, std::span<const NcoreJob> jobs, std::vector<uint64_t>& times) {
  const Clock::time_point start = Clock::now();
  size_t submitted = 0;
  size_t done = 0;
  while (done < jobs.size()) {
    if (submitted < jobs.size()) submitted += device.submit(jobs.subspan(submitted));
    const uint32_t count = device.poll();
    const auto took = std::chrono::nanoseconds(Clock::now() - start).count();
    times.insert(times.end(), count, static_cast<uint64_t>(took));
    done += count;
    if (count == 0) device.wait();
  }
}

uint64_t percentile(std::vector<uint64_t>& times, double share) {
  const auto at =
      times.begin() + static_cast<int64_t>(static_cast<double>(times.size() - 1) * share);
  std::nth_element(times.begin(), at, times.end());
  return *at;
}

Latency measureLatency(SpeedDevice& device, const bench::PayloadStreams& streams,
                       uint32_t batchJobs, double seconds) {
  JobFeed feed(streams, LATENCY_JOB_OCTETS);
  std::vector<NcoreJob> batch(batchJobs);
  std::vector<uint64_t> times;
  const Clock::time_point start = Clock::now();
  while (times.empty() || since(start) < seconds) {
    feed.take(batch);
    timeBatch(device, batch, times);
  }
  return {batchJobs, times.size(), percentile(times, 0.5), percentile(times, 0.99)};
}

std::vector<uint32_t> numbers(const char* list) {
  std::vector<uint32_t> values;
  std::istringstream input(list);
  for (std::string one; std::getline(input, one, ',');) {
    values.push_back(static_cast<uint32_t>(std::stoul(one)));
  }
  return values;
}

void printThroughput(const Throughput& one) {
  std::printf(
      "{\"blockOctets\":%u,\"jobs\":%lu,\"events\":%lu,\"seconds\":%.6f,"
      "\"processorSeconds\":%.6f}",
      one.blockOctets, one.jobs, one.events, one.seconds, one.processorSeconds);
}

void printLatency(const Latency& one) {
  std::printf("{\"batchJobs\":%u,\"jobs\":%lu,\"medianNs\":%lu,\"percentile99Ns\":%lu}",
              one.batchJobs, one.jobs, one.medianNs, one.percentile99Ns);
}

void run(char** words) {
  const bench::PayloadStreams streams =
      bench::readStreams(words[1], static_cast<uint32_t>(std::stoul(words[2])));
  const std::vector<bench::RegexPattern> patterns = bench::readPatterns(words[3]);
  const double seconds = std::stod(words[6]);
  const Clock::time_point start = Clock::now();
  const auto device = bench::openSpeedDevice(
      {.device = words[4], .settings = words[5], .streams = streams.count(), .depth = DEPTH},
      patterns);
  std::printf(
      "{\"implementation\":\"%s\",\"channels\":%u,\"patterns\":%zu,\"accepted\":%u,"
      "\"openSeconds\":%.3f,\"throughput\":[",
      device->name().c_str(), device->channels(), patterns.size(), device->acceptedPatterns(),
      since(start));
  const char* comma = "";
  for (const uint32_t block : numbers(words[7])) {
    std::fputs(std::exchange(comma, ","), stdout);
    printThroughput(measureThroughput(*device, streams, block, seconds));
  }
  std::fputs("],\"latency\":[", stdout);
  comma = "";
  for (const uint32_t batch : numbers(words[8])) {
    std::fputs(std::exchange(comma, ","), stdout);
    printLatency(measureLatency(*device, streams, batch, seconds));
  }
  std::fputs("]}\n", stdout);
}

}  // namespace

int main(int count, char** words) {
  if (count != 9) {
    std::fputs(
        "usage: devicespeed STREAMS STREAM_OCTETS PATTERNS DEVICE SETTINGS SECONDS BLOCKS "
        "BATCHES\n",
        stderr);
    return 2;
  }
  try {
    run(words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "devicespeed: %s\n", error.what());
    return 1;
  }
  return 0;
}
