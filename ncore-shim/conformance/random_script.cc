// SPDX-License-Identifier: Apache-2.0
#include "random_script.h"

#include <algorithm>
#include <map>

namespace ncore_conformance {
namespace {

using weir::ncore::testing::RandomRegex;

class Writer {
 public:
  Writer(const Subject& subject, RandomRegex& random, const RandomShape& shape)
      : subject_(subject), random_(random), shape_(shape) {
    const auto pick = [&](uint32_t limit) { return static_cast<uint32_t>(random.below(limit)); };
    script_.queues = subject.queues(1 + pick(shape.queuesMax));
    script_.streams = subject.streams(1 + pick(6));
    script_.depth = subject.depth(1 + pick(40));
    script_.batch = 1 + pick(20);
    script_.refusals = Refusals::LEAVE_OUT;
    script_.tablesBytes = pick(3) == 0 ? 1 : 0;
    const uint32_t databases = shape.mayExchange ? 1 + pick(3) : 1;
    for (uint32_t i = 0; i < databases; ++i) script_.databases.push_back(patterns(i));
  }

  Script write() {
    while (script_.steps.size() < shape_.steps) step();
    return std::move(script_);
  }

 private:
  uint32_t below(uint32_t limit) { return static_cast<uint32_t>(random_.below(limit)); }
  bool oneIn(uint32_t times) { return below(times) == 0; }

  // Never the same twice: a state finds its database by content.
  PatternSet patterns(uint32_t database) {
    PatternSet set = {{"x{" + std::to_string(database + 3) + "}y", 0, 900 + database}};
    for (uint32_t i = below(6); i-- > 0;) {
      std::string text = random_.pattern();
      if (subject_.claims(NCORE_CAP_END_OF_DATA) && oneIn(3)) text += oneIn(2) ? "$" : "\\z";
      set.push_back({std::move(text), below(4), i * 7 + 1});
    }
    return set;
  }

  void step() {
    const uint32_t kind = below(24);
    if (kind == 0) return add(PollStep{below(script_.queues), below(4), below(4)});
    if (kind <= 2 && shape_.mayExchange) return exchange();
    job();
  }

  void exchange() {
    const auto database = below(static_cast<uint32_t>(script_.databases.size()));
    const uint32_t kind = below(4);
    if (kind == 0 && !isUnloaded_[database]) {
      isUnloaded_[database] = database != active_;
      return add(UnloadStep{database});
    }
    if (kind == 1 && isUnloaded_[database]) {
      isUnloaded_[database] = false;
      return add(LoadStep{database});
    }
    if (!isUnloaded_[database]) active_ = database;
    add(ActivateStep{database});
  }

  template <typename Kind>
  void add(Kind step) {
    script_.steps.emplace_back(std::move(step));
  }

  void job() {
    JobStep step;
    step.number = next_++;
    step.queue = below(script_.queues);
    step.slot = below(script_.streams);
    uint32_t& generation = generations_[{step.queue, step.slot}];
    if (generation == 0 || oneIn(5)) {
      step.flags |= NCORE_JOB_OPEN;
      ++generation;
    }
    step.generation = generation;
    if (oneIn(8)) step.flags |= NCORE_JOB_CLOSE;
    if (oneIn(3)) step.flags |= NCORE_JOB_END_OF_DATA;
    if (!oneIn(6)) step.bytes = random_.input(12);
    if (oneIn(8)) step.bytes += "xxxxxy";
    move(step);
    if (shape_.mayFail && oneIn(12)) spoil(step);
    add(std::move(step));
  }

  void move(JobStep& step) {
    if (!subject_.claims(NCORE_CAP_STREAM_STATES)) return;
    if (oneIn(6)) {
      step.flags |= NCORE_JOB_EXPORT;
      exports_.push_back(step.number);
    } else if (!exports_.empty() && oneIn(6)) {
      if (!(step.flags & NCORE_JOB_OPEN)) step.generation = ++generations_[{step.queue, step.slot}];
      step.flags |= NCORE_JOB_OPEN | NCORE_JOB_IMPORT;
      step.importFrom = exports_[random_.below(exports_.size())];
    }
  }

  // In one way or several: the header says which is told.
  void spoil(JobStep& step) {
    const uint32_t ways = 1 + below(7);
    if (ways & 1 && !(step.flags & NCORE_JOB_OPEN)) step.generation ^= 1u << below(32);
    if (ways & 2) step.slot = script_.streams + below(1000);
    if (ways & 4) step.flags |= 0x100u << below(20);
  }

  const Subject& subject_;
  RandomRegex& random_;
  const RandomShape shape_;
  Script script_;
  uint32_t next_ = 0;
  uint32_t active_ = 0;
  std::map<uint32_t, bool> isUnloaded_;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> generations_;
  std::vector<uint32_t> exports_;
};

}  // namespace

Script randomScript(const Subject& subject, RandomRegex& random, const RandomShape& shape) {
  return Writer(subject, random, shape).write();
}

}  // namespace ncore_conformance
