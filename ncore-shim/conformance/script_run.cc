// SPDX-License-Identifier: Apache-2.0
// A script on the device, side by side with the model.
#include <algorithm>
#include <cstring>
#include <memory>

#include "model.h"
#include "script.h"
#include "testing/pcre2_oracle.h"

namespace ncore_conformance {
namespace {

using Kind = Difference::Kind;

std::string countOf(size_t count, const std::string& noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

std::string describeJob(const std::map<uint64_t, uint32_t>& numbers,
                        const NcoreCompletion& completion) {
  const auto number = numbers.find(completion.tag);
  std::string text = number == numbers.end() ? "a job with a tag that no job had"
                                             : "job " + std::to_string(number->second);
  text += ": slot " + std::to_string(completion.slot) + " generation " +
          std::to_string(completion.generation) + ' ' + nameOf(completion.status);
  if (completion.flags != 0) text += " flags " + std::to_string(completion.flags);
  if (completion.stateBytes != 0) text += " with a state";
  return text + ", " + countOf(completion.eventCount, "event");
}

// Results from a completion's events on, as text; `first` is the number of its first event.
std::string describeResult(const std::map<uint64_t, uint32_t>& numbers, const Results& results,
                           size_t index, size_t first) {
  if (index >= results.completions.size()) return "no further completion";
  std::string text = describeJob(numbers, results.completions[index]);
  const size_t end = std::min(results.events.size(), first + results.completions[index].eventCount);
  for (size_t i = first; i < end; ++i) {
    const NcoreEvent& event = results.events[i];
    text += i == first ? ": " : ", ";
    text += "pattern " + std::to_string(event.patternId) + " ends at " +
            std::to_string(event.endOffset);
    if (event.tag != results.completions[index].tag) text += " with another job's tag";
    if (event.slot != results.completions[index].slot) {
      text += " in slot " + std::to_string(event.slot);
    }
    if (event.reserved != 0) text += " with reserved bytes that are not 0";
  }
  return text;
}

class ScriptRun {
 public:
  ScriptRun(Subject& subject, const Script& script) : subject_(subject), script_(script) {}

  Difference compare() {
    begin();
    for (const Step& step : script_.steps) {
      std::visit([&](const auto& kind) { take(kind); }, step);
      if (hasProtested()) return protest_;
    }
    flush();
    for (uint32_t queue = 0; queue < script_.queues; ++queue) finish(queue);
    for (uint32_t queue = 0; queue < script_.queues && !hasProtested(); ++queue) judge(queue);
    return protest_;
  }

 private:
  struct Lane {  // a queue, and what has come from it
    std::unique_ptr<Queue> queue;
    size_t submitted = 0;
    Results results;
    size_t eventsTold = 0;  // by completions
  };

  void begin() {
    if (subject_.streams(script_.streams) < script_.streams) {
      throw NotApplicable{"the device has fewer than " + countOf(script_.streams, "stream") +
                          " a queue"};
    }
    device_ = std::make_unique<Device>(subject_);
    std::vector<PatternSet> accepted;
    for (const PatternSet& patterns : script_.databases) {
      databases_.push_back(std::make_unique<Database>(subject_, patterns));
      accepted.push_back(databases_.back()->accepted(patterns));
      if (script_.refusals == Refusals::FAIL) {
        checkAllAccepted(patterns, *databases_.back());
      } else {
        subject_.tally().add(patterns.size(), accepted.back().size());
      }
      ids_.push_back(device_->load(*databases_.back()));
      if (!subject_.claims(NCORE_CAP_STREAM_STATES)) continue;
      room_ = std::max(room_, device_->info(ids_.back()).stateBytesMax);
    }
    model_ = std::make_unique<Model>(script_, subject_.capabilities(), accepted);
    if (!ids_.empty()) {
      checkStatus(subject_.api().activateDatabase(device_->handle, ids_[0]), NCORE_OK,
                  "activateDatabase");
    }
    const QueueShape shape{script_.streams, script_.depth, script_.tablesBytes};
    for (uint32_t i = 0; i < script_.queues; ++i) {
      lanes_.emplace_back();
      lanes_.back().queue = std::make_unique<Queue>(subject_, *device_, shape);
    }
  }

  static void checkAllAccepted(const PatternSet& patterns, const Database& database) {
    for (size_t i = 0; i < patterns.size(); ++i) {
      const NcorePatternReport& report = database.reports[i];
      check(report.verdict == NCORE_ACCEPTED,
            "pattern " + describe(patterns[i]) + "\nexpected: accepted\n     got: verdict " +
                std::to_string(report.verdict) + ", \"" + printable(report.reason) + "\"");
    }
  }

  void take(const JobStep& step) {
    const bool imports = step.flags & NCORE_JOB_IMPORT;
    if (imports && !model_->hasExported(step.importFrom)) return;  // after steps were left out
    if (imports) flush();
    if (imports) waitForJob(step.importFrom);
    if (!batch_.empty() && (batchQueue_ != step.queue || batch_.size() >= script_.batch)) flush();
    batchQueue_ = step.queue;
    NcoreJob next = job(step.bytes, step.flags, step.slot, step.generation, tagOf(step.number));
    if (step.flags & NCORE_JOB_EXPORT) {
      std::vector<uint8_t>& state = states_[step.number];
      state.resize(std::max<uint32_t>(room_, 1));
      next.state = state.data();
      next.stateBytes = static_cast<uint32_t>(state.size());
    }
    if (imports) {
      std::vector<uint8_t>& state = states_[step.importFrom];
      next.state = state.data();
      next.stateBytes = stateBytes_[step.importFrom];
    }
    batch_.push_back(next);
    numbers_[next.tag] = step.number;
    steps_[next.tag] = &step;
    queueOf_[step.number] = step.queue;
    model_->run(step);
  }

  void take(const ActivateStep& step) {
    flush();
    protestAt(subject_.api().activateDatabase(device_->handle, ids_[step.database]),
              model_->activate(step.database), "activate", step.database);
  }

  void take(const LoadStep& step) {
    flush();  // what the device has when a job is submitted holds for it
    if (model_->isLoaded(step.database)) return;  // after steps were left out
    ids_[step.database] = device_->load(*databases_[step.database]);
    model_->load(step.database);
  }

  void take(const UnloadStep& step) {
    flush();
    protestAt(subject_.api().unloadDatabase(device_->handle, ids_[step.database]),
              model_->unload(step.database), "unload", step.database);
  }

  void take(const PollStep& step) {
    flush();
    poll(lanes_[step.queue], step.completions, step.events);
  }

  void protestAt(NcoreStatus got, NcoreStatus expected, const char* call, uint32_t database) {
    if (got == expected) return;
    protest(Kind::STATUS, std::string(call) + " database " + std::to_string(database) +
                              "\nexpected: " + nameOf(expected) + "\n     got: " + nameOf(got));
  }

  [[nodiscard]] bool hasProtested() const { return protest_.kind != Kind::NONE; }
  void protest(Kind kind, std::string text) {
    if (!hasProtested()) protest_ = {kind, std::move(text)};
  }

  void flush() {
    if (batch_.empty()) return;
    Lane& lane = lanes_[batchQueue_];
    Patience patience(subject_);
    for (size_t taken = 0; taken < batch_.size();) {
      const uint32_t count =
          lane.queue->submit(batch_.data() + taken, static_cast<uint32_t>(batch_.size() - taken));
      taken += count;
      lane.submitted += count;
      check(lane.submitted - lane.results.completions.size() <= subject_.depth(script_.depth),
            "more jobs were accepted than the queue's depth");
      if (taken == batch_.size()) break;
      if (poll(lane, 64, 256)) patience.reward();
      patience.wait("room for a job");
    }
    batch_.clear();
  }

  // False when nothing came.
  bool poll(Lane& lane, uint32_t completions, uint32_t events) {
    const Results some = lane.queue->poll(completions, events);
    Results& all = lane.results;
    for (const NcoreCompletion& completion : some.completions) {
      lane.eventsTold += completion.eventCount;
      if (completion.stateBytes == 0) continue;
      const auto number = numbers_.find(completion.tag);
      if (number != numbers_.end()) stateBytes_[number->second] = completion.stateBytes;
    }
    all.completions.insert(all.completions.end(), some.completions.begin(), some.completions.end());
    all.events.insert(all.events.end(), some.events.begin(), some.events.end());
    if (all.events.size() < lane.eventsTold) {
      protest(Kind::EVENTS,
              "expected: a job's events before or with its completion\n     got: completions of " +
                  countOf(lane.eventsTold, "event") + ", and " +
                  countOf(all.events.size(), "event"));
    }
    return !some.completions.empty() || !some.events.empty();
  }

  void waitForJob(uint32_t number) {
    Lane& lane = lanes_[queueOf_[number]];
    const auto isDone = [&] { return lane.results.completions.size() >= lane.submitted; };
    waitUntil(lane, isDone, "a completion");
    check(stateBytes_.contains(number),
          "expected: job " + std::to_string(number) + " exports a state\n     got: none");
  }

  void finish(uint32_t queue) {
    Lane& lane = lanes_[queue];
    const auto isDone = [&] { return lane.results.completions.size() >= lane.submitted; };
    waitUntil(lane, isDone, "a completion");
    poll(lane, 16, 16);  // there must be nothing more
  }

  template <typename Condition>
  void waitUntil(Lane& lane, Condition isMet, const char* what) {
    Patience patience(subject_);
    while (!isMet()) {
      if (poll(lane, 64, 256)) {
        patience.reward();
      } else {
        patience.wait(what);
      }
    }
  }

  void judge(uint32_t queue) {
    const Results& got = lanes_[queue].results;
    const Results& expected = model_->results(queue);
    subject_.tally().addEvents(expected.events.size());
    size_t gotEvents = 0;
    size_t expectedEvents = 0;
    const size_t count = std::max(got.completions.size(), expected.completions.size());
    for (size_t i = 0; i < count && !hasProtested(); ++i) {
      if (!isSame(got, i, gotEvents, expected, expectedEvents)) {
        return protest(kindOf(got, expected, i),
                       "expected: " + describeResult(numbers_, expected, i, expectedEvents) +
                           "\n     got: " + describeResult(numbers_, got, i, gotEvents));
      }
      checkHint(got.completions[i], expected.completions[i].eventCount);
      gotEvents += got.completions[i].eventCount;
      expectedEvents += expected.completions[i].eventCount;
    }
    if (got.events.size() == gotEvents) return;
    protest(Kind::EVENTS, "expected: no more events than the completions count\n     got: " +
                              std::to_string(got.events.size() - gotEvents) + " more");
  }

  static Kind kindOf(const Results& got, const Results& expected, size_t index) {
    if (index >= std::min(got.completions.size(), expected.completions.size())) return Kind::OTHER;
    const NcoreCompletion& a = got.completions[index];
    const NcoreCompletion& b = expected.completions[index];
    if (a.tag != b.tag) return Kind::OTHER;
    return a.status != b.status ? Kind::STATUS : Kind::EVENTS;
  }

  bool isSame(const Results& got, size_t index, size_t gotEvent, const Results& expected,
              size_t expectedEvent) const {
    if (index >= got.completions.size() || index >= expected.completions.size()) return false;
    const NcoreCompletion& a = got.completions[index];
    const NcoreCompletion& b = expected.completions[index];
    const bool hintAllowed = subject_.claims(NCORE_CAP_REPORTS_EXHAUSTION);
    const uint32_t flags = hintAllowed ? a.flags & ~NCORE_COMPLETION_EXHAUSTED : a.flags;
    if (a.tag != b.tag || a.slot != b.slot || a.generation != b.generation ||
        a.status != b.status || flags != 0 || a.eventCount != b.eventCount ||
        (a.stateBytes > 0) != (b.stateBytes > 0) || a.stateBytes > room_) {
      return false;
    }
    if (gotEvent + a.eventCount > got.events.size()) return false;
    return a.eventCount == 0 || std::memcmp(&got.events[gotEvent], &expected.events[expectedEvent],
                                            a.eventCount * sizeof(NcoreEvent)) == 0;
  }

  // EXHAUSTED may be left out, but where it is set no event may follow.
  void checkHint(const NcoreCompletion& completion, uint32_t eventsExpected) {
    const JobStep& step = *steps_[completion.tag];
    if (completion.status != NCORE_OK && completion.status != NCORE_EVENTS_TRUNCATED) return;
    bool& isExhausted = exhausted_[{step.queue, step.slot}];
    if (step.flags & NCORE_JOB_OPEN) isExhausted = false;
    if (isExhausted && eventsExpected > 0) {
      protest(Kind::EVENTS, "expected: no NCORE_COMPLETION_EXHAUSTED before job " +
                                std::to_string(step.number) + ", which has an event\n     got: it");
    }
    if (completion.flags & NCORE_COMPLETION_EXHAUSTED) isExhausted = true;
  }

  Subject& subject_;
  const Script& script_;
  std::vector<std::unique_ptr<Database>> databases_;
  std::vector<uint32_t> ids_;  // of the device, by the script's number
  std::unique_ptr<Device> device_;
  std::unique_ptr<Model> model_;
  std::map<uint32_t, std::vector<uint8_t>> states_;  // by number of the exporting job
  std::map<uint32_t, uint32_t> stateBytes_;
  std::vector<Lane> lanes_;
  std::vector<NcoreJob> batch_;
  uint32_t batchQueue_ = 0;
  uint32_t room_ = 0;
  std::map<uint64_t, uint32_t> numbers_;  // by tag
  std::map<uint64_t, const JobStep*> steps_;
  std::map<uint32_t, uint32_t> queueOf_;  // by number
  std::map<std::pair<uint32_t, uint32_t>, bool> exhausted_;
  Difference protest_;
};

}  // namespace

Difference compareWithModel(Subject& subject, const Script& script) {
  try {
    return ScriptRun(subject, script).compare();
  } catch (const Failure& failure) {
    return {Kind::OTHER, failure.text};
  } catch (const weir::ncore::testing::Undecided&) {
    if (script.refusals == Refusals::FAIL) throw;  // chosen so that it can tell
    subject.tally().addUndecided();
    return {};
  }
}

}  // namespace ncore_conformance
