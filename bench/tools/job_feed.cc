// SPDX-License-Identifier: Apache-2.0
#include "job_feed.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace bench {

PayloadStreams readStreams(const std::string& file, uint32_t streamOctets) {
  std::ifstream input(file, std::ios::binary);
  PayloadStreams streams{.octets = std::vector<uint8_t>(std::istreambuf_iterator<char>(input), {}),
                         .streamOctets = streamOctets};
  if (streams.count() == 0) throw std::runtime_error("no streams in " + file);
  return streams;
}

JobFeed::JobFeed(const PayloadStreams& streams, uint32_t jobOctets) : jobOctets_(jobOctets) {
  const uint32_t pieces = streams.streamOctets / jobOctets;
  if (jobOctets == 0 || pieces == 0) throw std::runtime_error("jobs longer than the streams");
  for (uint32_t first = 0; first < streams.count(); first += ALIVE_STREAMS) {
    const uint32_t end = std::min(first + ALIVE_STREAMS, streams.count());
    for (uint32_t piece = 0; piece < pieces; ++piece) {
      for (uint32_t slot = first; slot < end; ++slot) {
        const size_t at = size_t{slot} * streams.streamOctets + size_t{piece} * jobOctets;
        jobs_.push_back({.bytes = streams.octets.data() + at,
                         .lengthBytes = jobOctets,
                         .flags = (piece == 0 ? NCORE_JOB_OPEN : 0U) |
                                  (piece + 1 == pieces ? NCORE_JOB_CLOSE : 0U),
                         .slot = slot});
      }
    }
  }
}

void JobFeed::take(std::span<NcoreJob> jobs) {
  for (NcoreJob& job : jobs) {
    job = jobs_[next_];
    job.generation = pass_;
    if (++next_ < jobs_.size()) continue;
    next_ = 0;
    ++pass_;
  }
}

}  // namespace bench
