// SPDX-License-Identifier: Apache-2.0
// What was found, as text for people or as JSON for programs.
#pragma once

#include <string>
#include <vector>

namespace ncore_conformance {

enum class Outcome : char { PASSED = 'p', FAILED = 'f', NOT_OFFERED = 'o', NOT_APPLICABLE = 'a' };

struct Finding {
  std::string chapter;
  std::string title;
  std::string sentence;
  Outcome outcome = Outcome::FAILED;
  std::string detail;  // the case that failed, or why it was not judged
  double seconds = 0;
};

struct Report {
  std::string library;
  std::string implementation;
  std::string device;
  std::vector<Finding> findings;

  [[nodiscard]] size_t count(Outcome outcome) const;
};

std::string headText(const Report& report);
std::string asText(const Finding& finding);
std::string closingText(const Report& report);
std::string asJson(const Report& report);

}  // namespace ncore_conformance
