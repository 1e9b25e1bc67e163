// SPDX-License-Identifier: Apache-2.0
// Hyperscan called directly, without anything of Weir's or ncore.h between: a stream for each slot.
#include <hs/hs.h>

#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include "speed_device.h"

namespace bench {
namespace {

int countEvent(unsigned, unsigned long long, unsigned long long, unsigned, void* context) {
  ++*static_cast<uint64_t*>(context);
  return 0;
}

struct Expressions {
  std::vector<const char*> regexes;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
};

struct DatabaseFree {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
using DatabasePtr = std::unique_ptr<hs_database_t, DatabaseFree>;

/// Null when it refuses one of them.
DatabasePtr compile(const Expressions& expressions) {
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  hs_compile_multi(expressions.regexes.data(), expressions.flags.data(), expressions.ids.data(),
                   static_cast<unsigned>(expressions.ids.size()), HS_MODE_STREAM, nullptr,
                   &database, &error);
  hs_free_compile_error(error);
  return DatabasePtr(database);
}

enum class Take { ALL, WHAT_COMPILES_ALONE };

Expressions expressionsOf(const std::vector<RegexPattern>& patterns, Take take) {
  Expressions expressions;
  for (const RegexPattern& pattern : patterns) {
    const unsigned flags =
        HS_FLAG_SINGLEMATCH | HS_FLAG_DOTALL | (pattern.isCaseless ? HS_FLAG_CASELESS : 0U);
    if (take == Take::WHAT_COMPILES_ALONE && !compile({{pattern.regex.c_str()}, {flags}, {0}}))
      continue;
    expressions.regexes.push_back(pattern.regex.c_str());
    expressions.flags.push_back(flags);
    expressions.ids.push_back(static_cast<unsigned>(expressions.ids.size()));
  }
  return expressions;
}

class HyperscanSpeedDevice : public SpeedDevice {
 public:
  HyperscanSpeedDevice(const SpeedDeviceOptions& options, const std::vector<RegexPattern>& patterns)
      : streams_(options.streams) {
    Expressions taken = expressionsOf(patterns, Take::ALL);
    database_ = compile(taken);
    if (!database_) {  // which of them, it does not say of a set
      taken = expressionsOf(patterns, Take::WHAT_COMPILES_ALONE);
      database_ = compile(taken);
    }
    if (!database_) throw std::runtime_error("Hyperscan compiles none of the patterns");
    accepted_ = static_cast<uint32_t>(taken.ids.size());
    if (hs_alloc_scratch(database_.get(), &scratch_) != HS_SUCCESS) throw std::bad_alloc();
    for (hs_stream_t*& stream : streams_) {
      if (hs_open_stream(database_.get(), 0, &stream) != HS_SUCCESS) throw std::bad_alloc();
    }
  }

  ~HyperscanSpeedDevice() override {
    for (hs_stream_t* stream : streams_) hs_close_stream(stream, nullptr, nullptr, nullptr);
    hs_free_scratch(scratch_);
  }
  HyperscanSpeedDevice(const HyperscanSpeedDevice&) = delete;
  HyperscanSpeedDevice& operator=(const HyperscanSpeedDevice&) = delete;

  [[nodiscard]] std::string name() const override {
    return std::string("Hyperscan ") + hs_version();
  }
  [[nodiscard]] uint32_t channels() const override { return 0; }
  [[nodiscard]] uint32_t acceptedPatterns() const override { return accepted_; }
  [[nodiscard]] uint64_t events() const override { return events_; }

  uint32_t submit(std::span<const NcoreJob> jobs) override {
    for (const NcoreJob& job : jobs) {
      hs_stream_t* const stream = streams_[job.slot];
      if ((job.flags & NCORE_JOB_OPEN) != 0) hs_reset_stream(stream, 0, nullptr, nullptr, nullptr);
      hs_scan_stream(stream, reinterpret_cast<const char*>(job.bytes), job.lengthBytes, 0, scratch_,
                     countEvent, &events_);
    }
    done_ += static_cast<uint32_t>(jobs.size());
    return static_cast<uint32_t>(jobs.size());
  }

  uint32_t poll() override { return std::exchange(done_, 0); }
  void wait() override {}

 private:
  DatabasePtr database_;
  hs_scratch_t* scratch_ = nullptr;
  std::vector<hs_stream_t*> streams_;
  uint32_t accepted_ = 0;
  uint32_t done_ = 0;
  uint64_t events_ = 0;
};

}  // namespace

std::unique_ptr<SpeedDevice> openHyperscan(const SpeedDeviceOptions& options,
                                           const std::vector<RegexPattern>& patterns) {
  return std::make_unique<HyperscanSpeedDevice>(options, patterns);
}

}  // namespace bench
