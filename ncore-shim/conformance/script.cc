// SPDX-License-Identifier: Apache-2.0
#include "script.h"

#include <cstdio>

namespace ncore_conformance {
namespace {

std::string flagNames(uint32_t flags) {
  static constexpr std::pair<uint32_t, const char*> NAMES[] = {
      {NCORE_JOB_OPEN, "OPEN"},
      {NCORE_JOB_CLOSE, "CLOSE"},
      {NCORE_JOB_END_OF_DATA, "END_OF_DATA"},
      {NCORE_JOB_EXPORT, "EXPORT"},
      {NCORE_JOB_IMPORT, "IMPORT"},
  };
  std::string text;
  for (const auto& [flag, name] : NAMES) {
    if (flags & flag) text.append(" ").append(name);
  }
  return text;
}

std::string describeStep(const JobStep& step) {
  std::string text = "job " + std::to_string(step.number) + ": slot " + std::to_string(step.slot) +
                     " generation " + std::to_string(step.generation) + flagNames(step.flags) +
                     ' ' + quoted(step.bytes);
  if (step.queue > 0) text += " (queue " + std::to_string(step.queue) + ")";
  if (step.flags & NCORE_JOB_IMPORT) text += " of job " + std::to_string(step.importFrom);
  return text;
}
std::string describeStep(const ActivateStep& step) {
  return "activate database " + std::to_string(step.database);
}
std::string describeStep(const LoadStep& step) {
  return "load database " + std::to_string(step.database);
}
std::string describeStep(const UnloadStep& step) {
  return "unload database " + std::to_string(step.database);
}
std::string describeStep(const PollStep& step) {
  return "poll queue " + std::to_string(step.queue) + " for " + std::to_string(step.completions) +
         " completions, " + std::to_string(step.events) + " events";
}

}  // namespace

std::string printable(const char* text) {
  std::string result = text;
  for (char& c : result) c = c >= ' ' && c <= '~' ? c : '?';
  return result;
}

std::string quoted(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes) {
    if (c == '\\' || c == '"') text += '\\';
    if (c >= ' ' && c <= '~') {
      text += c;
      continue;
    }
    char escape[5];
    std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned>(c) & 0xffu);
    text += c == '\n' ? "\\n" : escape;
  }
  return text + '"';
}

std::string describe(const Regex& regex) {
  std::string text = std::to_string(regex.id) + ": " + quoted(regex.text);
  if (regex.flags & NCORE_PATTERN_CASELESS) text += " CASELESS";
  if (regex.flags & NCORE_PATTERN_DOTALL) text += " DOTALL";
  if (regex.flags > 3) text += " flags " + std::to_string(regex.flags);
  return text;
}

std::string describe(const PatternSet& patterns) {
  std::string text;
  for (const Regex& regex : patterns) text += "\n  " + describe(regex);
  return text.empty() ? " none" : text;
}

std::string describe(const Script& script) {
  std::string text;
  for (size_t i = 0; i < script.databases.size(); ++i) {
    text +=
        "patterns of database " + std::to_string(i) + ":" + describe(script.databases[i]) + '\n';
  }
  text += "depth " + std::to_string(script.depth) + ", batches of " + std::to_string(script.batch) +
          '\n';
  for (const Step& step : script.steps) {
    text += std::visit([](const auto& kind) { return describeStep(kind); }, step) + '\n';
  }
  return text;
}

std::vector<Step> streamSteps(const std::vector<std::string>& pieces, uint32_t moreFlags) {
  std::vector<Step> steps;
  for (size_t i = 0; i < pieces.size(); ++i) {
    JobStep step;
    step.bytes = pieces[i];
    step.number = static_cast<uint32_t>(i);
    step.flags = moreFlags;
    if (i == 0) step.flags |= NCORE_JOB_OPEN;
    if (i + 1 == pieces.size()) step.flags |= NCORE_JOB_CLOSE;
    steps.emplace_back(step);
  }
  return steps;
}

}  // namespace ncore_conformance
