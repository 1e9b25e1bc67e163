// SPDX-License-Identifier: Apache-2.0
// What is judged: chapters of requirements, each with the sentence of ncore.h that it tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ncore_conformance {

class Subject;

// Thrown by a requirement that is not met; `text` says what was done, expected and got.
struct Failure {
  std::string text;
};

// Thrown where the capabilities do not claim what a requirement is about.
struct NotOffered {
  std::string reason;
};

// Thrown by a requirement for devices without something that this one has.
struct NotApplicable {
  std::string reason;
};

struct Requirement {
  std::string_view title;
  std::string_view sentence;  // of the header
  void (*judge)(Subject& subject);
};

struct Chapter {
  std::string_view name;
  std::vector<Requirement> requirements;
};

// In the order of the report.
std::vector<Chapter> allChapters();

Chapter abiChapter();
Chapter patternsChapter();
Chapter semanticsChapter();
Chapter endOfDataChapter();
Chapter orderChapter();
Chapter generationsChapter();
Chapter hotSwapChapter();
Chapter backPressureChapter();
Chapter errorsChapter();
Chapter statesChapter();
Chapter databasesChapter();
Chapter eventFdChapter();
Chapter waitingChapter();
Chapter threadsChapter();
Chapter manyStreamsChapter();
Chapter fuzzChapter();
Chapter referenceChapter();

inline void check(bool holds, const std::string& text) {
  if (!holds) throw Failure{text};
}

}  // namespace ncore_conformance
