// SPDX-License-Identifier: Apache-2.0
// Jobs without end for a device: streams of one length, cut into jobs of one length, many streams
// in turn, so that every job is of another stream than the one before it.
#pragma once

#include <ncore.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bench {

/// Octets of many streams, each as long as the others.
struct PayloadStreams {
  std::vector<uint8_t> octets;
  uint32_t streamOctets = 0;

  [[nodiscard]] uint32_t count() const {
    return static_cast<uint32_t>(octets.size() / streamOctets);
  }
};

/// What tools/payloadstreams writes. Throws std::runtime_error.
PayloadStreams readStreams(const std::string& file, uint32_t streamOctets);

class JobFeed {
 public:
  /// What a stream has beyond a multiple of `jobOctets` is left out. Borrows the streams.
  JobFeed(const PayloadStreams& streams, uint32_t jobOctets);

  /// The next jobs; a stream is opened anew each time its turn comes again.
  void take(std::span<NcoreJob> jobs);

  [[nodiscard]] uint32_t jobOctets() const { return jobOctets_; }
  [[nodiscard]] uint64_t jobsOfAllStreams() const { return jobs_.size(); }

 private:
  static constexpr uint32_t ALIVE_STREAMS = 256;

  const uint32_t jobOctets_;
  std::vector<NcoreJob> jobs_;
  size_t next_ = 0;
  uint32_t pass_ = 0;
};

}  // namespace bench
