// SPDX-License-Identifier: Apache-2.0
// The slots of a queue, and what a job does to the stream in one. Used by the thread that matches.
#pragma once

#include <memory>
#include <vector>

#include "device.h"
#include "ncore.h"
#include "stream.h"

namespace hyperscan_device {

// A job, with what of the device's was so when it was submitted.
struct Job {
  NcoreJob job;
  DatabasePtr database;  // for OPEN, the active one; for IMPORT the state's
};

struct Result {
  NcoreCompletion completion;
  std::vector<NcoreEvent> events;
};

class StreamTable {
 public:
  explicit StreamTable(uint32_t slots) : slots_(slots) {}

  Result run(const Job& job);

 private:
  struct Slot {
    std::unique_ptr<Stream> stream;  // null: none is open
    uint32_t generation = 0;
  };

  NcoreStatus perform(const Job& job, Result& result);
  NcoreStatus check(const NcoreJob& job) const;
  static NcoreStatus open(const Job& job, std::unique_ptr<Stream>& stream);

  std::vector<Slot> slots_;
  Scratch scratch_;
  std::vector<Match> matches_;  // of the job at hand
};

}  // namespace hyperscan_device
