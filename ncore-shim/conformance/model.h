// SPDX-License-Identifier: Apache-2.0
// What a device must give, worked out without one: streams are kept as bytes, and PCRE2 is asked
// about all of them at each job. Slow and plain. One thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "script.h"
#include "subject.h"

namespace ncore_conformance {

// A regex as PCRE2 has it.
class JudgedRegex {
 public:
  // The same object for the same regex: compiling is what takes time.
  static std::shared_ptr<JudgedRegex> of(const Regex& regex);
  ~JudgedRegex();

  [[nodiscard]] bool compiles() const;
  bool matchesEmpty();
  // '$', \Z or \z anywhere in it.
  [[nodiscard]] bool testsEnd() const { return testsEnd_; }
  bool holdsIn(std::string_view stream);
  std::optional<size_t> firstEnd(std::string_view stream);

 private:
  explicit JudgedRegex(const Regex& regex);
  class Oracle;
  std::unique_ptr<Oracle> oracle_;
  bool testsEnd_ = false;
};

struct ModelDatabase {
  PatternSet patterns;  // accepted ones
  std::vector<std::shared_ptr<JudgedRegex>> judges;

  explicit ModelDatabase(PatternSet accepted);
};

class Model {
 public:
  // `accepted`: of each of the script's databases.
  Model(const Script& script, const NcoreCapabilities& capabilities,
        const std::vector<PatternSet>& accepted);

  NcoreStatus activate(uint32_t database);
  NcoreStatus unload(uint32_t database);
  void load(uint32_t database) { isLoaded_[database] = true; }
  [[nodiscard]] bool isLoaded(uint32_t database) const { return isLoaded_[database]; }
  void run(const JobStep& step);
  // Whether the job with that number has given a state.
  [[nodiscard]] bool hasExported(uint32_t number) const { return exported_.contains(number); }

  // All results of a queue. Of exported states stateBytes is 1.
  [[nodiscard]] const Results& results(uint32_t queue) const { return results_[queue]; }

 private:
  struct Stream {
    const ModelDatabase* database = nullptr;
    uint32_t generation = 0;
    std::string bytes;
    std::vector<bool> told;
  };

  NcoreStatus check(const JobStep& step) const;
  NcoreStatus open(const JobStep& step, Stream& stream) const;
  [[nodiscard]] bool hasContent(const ModelDatabase& wanted) const;
  static std::vector<NcoreEvent> match(const JobStep& step, Stream& stream);
  void report(const JobStep& step, NcoreStatus status, std::vector<NcoreEvent> events);

  const NcoreCapabilities& capabilities_;
  const uint32_t slots_;
  std::vector<ModelDatabase> databases_;
  std::vector<bool> isLoaded_;
  std::optional<uint32_t> active_;
  std::map<std::pair<uint32_t, uint32_t>, Stream> streams_;  // by queue and slot
  std::map<uint32_t, Stream> exported_;                      // by number of the job
  std::vector<Results> results_;                             // by queue
};

}  // namespace ncore_conformance
