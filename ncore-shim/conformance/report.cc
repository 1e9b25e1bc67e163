// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace ncore_conformance {
namespace {

constexpr size_t COLUMNS = 80;

const char* wordOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::PASSED:
      return "passed";
    case Outcome::FAILED:
      return "FAILED";
    case Outcome::NOT_OFFERED:
      return "not offered";
    case Outcome::NOT_APPLICABLE:
      return "n/a";
  }
  return "";
}

// Text in lines no wider than a terminal, broken at spaces where there are some. `first` stands in
// front of its own lines, `rest` in front of what goes on from the line before.
std::string wrapped(std::string_view text, const std::string& first, const std::string& rest) {
  std::string result;
  const std::string* margin = &first;
  while (true) {
    std::string_view line = text.substr(0, text.find('\n'));
    const size_t room = COLUMNS - margin->size();
    const bool isTooWide = line.size() > room;
    if (isTooWide) {
      const size_t space = line.rfind(' ', room);
      line = line.substr(0, space == std::string_view::npos || space < room / 2 ? room : space);
    }
    result.append(*margin).append(line) += '\n';
    if (line.size() == text.size()) return result;
    margin = isTooWide ? &rest : &first;
    const bool isAtSpace = text[line.size()] == ' ' || text[line.size()] == '\n';
    text.remove_prefix(line.size() + (isAtSpace ? 1 : 0));
  }
}

std::string seconds(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string jsonString(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c >= ' ' || (static_cast<unsigned char>(c) & 0x80u) != 0) {  // UTF-8 goes as it is
      result += c;
      continue;
    }
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c) & 0xffu);
    result += escape;
  }
  return result + '"';
}

std::string jsonOf(const Finding& finding) {
  return "{\"chapter\":" + jsonString(finding.chapter) +
         ",\"requirement\":" + jsonString(finding.title) +
         ",\"sentence\":" + jsonString(finding.sentence) +
         ",\"outcome\":" + jsonString(wordOf(finding.outcome)) +
         ",\"detail\":" + jsonString(finding.detail) + ",\"seconds\":" + seconds(finding.seconds) +
         '}';
}

}  // namespace

size_t Report::count(Outcome outcome) const {
  return static_cast<size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [outcome](const Finding& finding) { return finding.outcome == outcome; }));
}

std::string headText(const Report& report) {
  const std::string margin(16, ' ');
  return wrapped(report.library, "library:        ", margin) +
         wrapped(report.implementation, "implementation: ", margin) +
         wrapped(report.device, "device:         ", margin);
}

std::string asText(const Finding& finding) {
  const std::string margin(15, ' ');
  std::string word = std::string("  ") + wordOf(finding.outcome);
  word.resize(margin.size(), ' ');
  std::string title = finding.title;
  if (finding.seconds >= 1) title += " (" + seconds(finding.seconds) + " s)";
  const std::string text = wrapped(title, word, margin);
  if (finding.detail.empty()) return text;
  if (finding.outcome != Outcome::FAILED) return text + wrapped(finding.detail, margin, margin);
  return text + wrapped("ncore.h: \"" + finding.sentence + "\"", margin, margin) +
         wrapped(finding.detail, "  | ", "  |     ");
}

std::string closingText(const Report& report) {
  std::string text;
  for (const Outcome outcome :
       {Outcome::PASSED, Outcome::FAILED, Outcome::NOT_OFFERED, Outcome::NOT_APPLICABLE}) {
    if (!text.empty()) text += ", ";
    text += std::to_string(report.count(outcome)) + ' ' + wordOf(outcome);
  }
  return text + '\n';
}

std::string asJson(const Report& report) {
  std::string text = "{\"library\":" + jsonString(report.library) +
                     ",\"implementation\":" + jsonString(report.implementation) +
                     ",\"device\":" + jsonString(report.device) +
                     ",\"passed\":" + std::to_string(report.count(Outcome::PASSED)) +
                     ",\"failed\":" + std::to_string(report.count(Outcome::FAILED)) +
                     ",\"notOffered\":" + std::to_string(report.count(Outcome::NOT_OFFERED)) +
                     ",\"notApplicable\":" + std::to_string(report.count(Outcome::NOT_APPLICABLE)) +
                     ",\"requirements\":[";
  for (const Finding& finding : report.findings) {
    if (&finding != &report.findings.front()) text += ',';
    text += "\n" + jsonOf(finding);
  }
  return text + "\n]}\n";
}

}  // namespace ncore_conformance
