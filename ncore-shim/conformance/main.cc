// SPDX-License-Identifier: Apache-2.0
// ncore-conformance: judges an implementation of ncore.h.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <utility>

#include "chapter_run.h"
#include "report.h"
#include "requirement.h"
#include "subject.h"

namespace {

using namespace ncore_conformance;

constexpr const char* HELP = R"(Judges an implementation of the ncore ABI (ncore.h, version %u).

  ncore-conformance LIBRARY [OPTION ...]

LIBRARY is opened with dlopen, as a probe does it. Each requirement is a
sentence of the header. One that is not met is shown with the smallest case
that was found: patterns, jobs, what was expected and what came. "not offered"
is what the device's capabilities do not claim, "n/a" what holds only for
devices that lack something which this one has.

  --device N       which device; without it the first that the library lists
  --options TEXT   settings of the device, as openDevice takes them
  --chapter NAME   only this one of
%s
  --reference LIB  another implementation, with whose events those of large sets
                   on long streams are compared, byte for byte
  --rounds N       how many rounds each random search has; 0: as many as it has
                   time for (0). With a number a slow machine tries the same
                   cases as a fast one, if --seconds leaves it the time.
  --seconds S      how long a random search goes on at most, and how long a case
                   is made smaller (5)
  --streams N      slots of the requirement about many streams (1000000)
  --patience S     a completion that has not come after S seconds never will (20)
  --seed N         of the random searches (1): the same patterns and jobs again
  --first-failure  end with the first requirement that is not met
  --json           the report as JSON

Start with `--chapter abi`, then `patterns` and `semantics`: the others build on
them. Each chapter runs in a process of its own; to debug one, tell gdb to
follow the child (set follow-fork-mode child).

Exit status: 0 nothing failed, 1 something failed, 2 the library cannot be
judged, or bad usage.
)";

// In lines that fit under the help's other texts.
std::string chapterNames() {
  constexpr const char* MARGIN = "                   ";
  std::string names;
  std::string line = MARGIN;
  for (const Chapter& chapter : allChapters()) {
    if (line.size() + chapter.name.size() > 78) names += std::exchange(line, MARGIN) + '\n';
    line.append(chapter.name).append(" ");
  }
  return names + line;
}

[[noreturn]] void refuse(const std::string& problem) {
  std::cerr << "ncore-conformance: " << problem << "; see --help\n";
  std::exit(2);
}

double number(const char* option, const char* text) {
  char* end = nullptr;
  const double value = std::strtod(text, &end);
  if (end == text || *end != '\0' || value < 0 || value > 4294967295.0) {
    refuse(std::string(option) + ": not a number: " + text);
  }
  return value;
}

// "": all of them.
bool isChapter(const std::string& name) {
  const std::vector<Chapter> all = allChapters();
  return name.empty() || std::any_of(all.begin(), all.end(),
                                     [&](const Chapter& chapter) { return chapter.name == name; });
}

struct Arguments {
  Settings settings;
  bool json = false;
  bool endsAtFailure = false;
};

void takeOption(Arguments& arguments, const std::string& option, const char* value) {
  Settings& settings = arguments.settings;
  const auto whole = [&] { return static_cast<uint32_t>(number(option.c_str(), value)); };
  if (option == "--device") {
    settings.device = whole();
  } else if (option == "--options") {
    settings.options = value;
  } else if (option == "--chapter") {
    settings.chapter = value;
  } else if (option == "--reference") {
    settings.reference = value;
  } else if (option == "--rounds") {
    settings.rounds = whole();
  } else if (option == "--seconds") {
    settings.seconds = number("--seconds", value);
  } else if (option == "--streams") {
    settings.streams = whole();
  } else if (option == "--patience") {
    settings.patienceSeconds = number("--patience", value);
  } else if (option == "--seed") {
    settings.seed = whole();
  } else {
    refuse("no such option: " + option);
  }
}

Arguments parse(int count, char** words) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--help" || word == "-h") {
      std::printf(HELP, NCORE_ABI_VERSION, chapterNames().c_str());
      std::exit(0);
    }
    if (word == "--json") {
      arguments.json = true;
    } else if (word == "--first-failure") {
      arguments.endsAtFailure = true;
    } else if (word.starts_with("-")) {
      if (++i == count) refuse(word + " needs a value");
      takeOption(arguments, word, words[i]);
    } else if (arguments.settings.library.empty()) {
      arguments.settings.library = word;
    } else {
      refuse("one library at a time");
    }
  }
  if (arguments.settings.library.empty()) refuse("which library?");
  if (arguments.settings.streams == 0) refuse("--streams must not be 0");
  if (!isChapter(arguments.settings.chapter)) {
    refuse("no such chapter: " + arguments.settings.chapter);
  }
  return arguments;
}

// Throws Failure where a library cannot be used.
Report introduceAll(const Settings& settings) {
  Report report;
  if (!settings.reference.empty()) introduce(referenceOf(settings), report);
  introduce(settings, report);
  return report;
}

Report judge(const Arguments& arguments) {
  const Settings& settings = arguments.settings;
  Report report = introduceAll(settings);
  if (!arguments.json) std::cout << headText(report) << std::flush;
  const auto tell = [&](const Finding& finding) {
    report.findings.push_back(finding);
    if (!arguments.json) std::cout << asText(finding) << std::flush;
    const bool isEnd = arguments.endsAtFailure && finding.outcome == Outcome::FAILED;
    return isEnd ? Next::END : Next::GO_ON;
  };
  for (const Chapter& chapter : allChapters()) {
    if (!settings.chapter.empty() && settings.chapter != chapter.name) continue;
    if (!arguments.json) std::cout << '\n' << chapter.name << '\n' << std::flush;
    if (judgeChapter(settings, chapter, tell) == Next::END) break;
  }
  return report;
}

}  // namespace

int main(int count, char** words) {
  const Arguments arguments = parse(count, words);
  try {
    const Report report = judge(arguments);
    std::cout << (arguments.json ? asJson(report) : '\n' + closingText(report));
    return report.count(Outcome::FAILED) == 0 ? 0 : 1;
  } catch (const Failure& failure) {
    std::cerr << "ncore-conformance: " << failure.text << '\n';
    return 2;
  }
}
