// SPDX-License-Identifier: Apache-2.0
// Makes a script that fails smaller for as long as it fails: fewer steps, fewer patterns, fewer
// bytes. For as long as a random search at most, since a small case is a courtesy.
#include <algorithm>
#include <chrono>

#include "script.h"

namespace ncore_conformance {
namespace {

constexpr double PATIENCE_SECONDS = 0.5;

class Smallest {
 public:
  Smallest(Subject& subject, const Script& script, Difference::Kind kind)
      : subject_(subject), best_(script), kind_(kind) {}

  bool happensAgain() { return fails(best_); }

  const Script& find() {
    for (bool isSmaller = true; isSmaller && isTimeLeft();) {
      isSmaller = dropSteps();
      isSmaller |= dropPatterns();
      isSmaller |= dropBytes();
    }
    return best_;
  }

  [[nodiscard]] const std::string& difference() const { return text_; }

 private:
  [[nodiscard]] bool isTimeLeft() const {
    return std::chrono::steady_clock::now() - begin_ < timeForIt_;
  }

  bool fails(const Script& script) {
    Difference difference = compareWithModel(subject_, script);
    if (difference.kind != kind_) return false;
    text_ = std::move(difference.text);
    return true;
  }

  bool keepIfFailing(Script candidate) {
    if (!isTimeLeft() || !fails(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  // Leaves out runs of elements, long ones first. `part` names the container in a script.
  template <typename Part>
  bool dropFrom(Part part) {
    bool isSmaller = false;
    for (size_t length = std::max<size_t>(part(best_).size() / 2, 1); length > 0; length /= 2) {
      for (size_t at = 0; at + length <= part(best_).size() && isTimeLeft();) {
        Script candidate = best_;
        auto& elements = part(candidate);
        const auto from = elements.begin() + static_cast<ptrdiff_t>(at);
        elements.erase(from, from + static_cast<ptrdiff_t>(length));
        if (keepIfFailing(std::move(candidate))) {
          isSmaller = true;
        } else {
          at += length;
        }
      }
    }
    return isSmaller;
  }

  bool dropSteps() {
    return dropFrom([](Script& script) -> std::vector<Step>& { return script.steps; });
  }

  bool dropPatterns() {
    bool isSmaller = false;
    for (size_t i = 0; i < best_.databases.size(); ++i) {
      isSmaller |= dropFrom([i](Script& script) -> PatternSet& { return script.databases[i]; });
    }
    return isSmaller;
  }

  bool dropBytes() {
    bool isSmaller = false;
    for (size_t i = 0; i < best_.steps.size(); ++i) {
      if (!std::holds_alternative<JobStep>(best_.steps[i])) continue;
      isSmaller |= dropFrom(
          [i](Script& script) -> std::string& { return std::get<JobStep>(script.steps[i]).bytes; });
    }
    return isSmaller;
  }

  Subject& subject_;
  Script best_;
  const Difference::Kind kind_;
  std::string text_;  // of the difference that was seen last
  const std::chrono::duration<double> timeForIt_{subject_.settings().seconds};
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

void checkAgainstModel(Subject& subject, const Script& script) {
  const Difference difference = compareWithModel(subject, script);
  if (difference.kind == Difference::Kind::NONE) return;
  const double patience = subject.settings().patienceSeconds;
  subject.setPatience(std::min(patience, PATIENCE_SECONDS));
  Smallest smallest(subject, script, difference.kind);
  if (!smallest.happensAgain()) {
    subject.setPatience(patience);
    throw Failure{describe(script) + difference.text +
                  "\nThe same jobs did not give it a second time: it depends on timing."};
  }
  const Script& found = smallest.find();
  subject.setPatience(patience);
  throw Failure{describe(found) + smallest.difference()};
}

}  // namespace ncore_conformance
