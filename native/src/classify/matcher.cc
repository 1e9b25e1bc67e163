// SPDX-License-Identifier: Apache-2.0
#include "classify/matcher.h"

#include <utility>

#include "classify/hyperscan_matcher.h"
#include "classify/ncore_database.h"

namespace weir {
namespace {

class NoneMatcher final : public Matcher {
 public:
  size_t submit(std::span<const ScanRequest> requests) override {
    completed_ += requests.size();
    return requests.size();
  }
  PollResult poll(std::span<MatchEvent>) override { return {0, std::exchange(completed_, 0)}; }

 private:
  size_t completed_ = 0;
};

class NoneDatabase final : public MatcherDatabase {
 public:
  using MatcherDatabase::MatcherDatabase;
  [[nodiscard]] std::unique_ptr<Matcher> createMatcher(uint32_t) const override {
    return std::make_unique<NoneMatcher>();
  }
};

std::string describe(const SignatureError::Details& details) {
  std::string text = details.source;
  if (!details.regex.empty()) text += ": /" + details.regex + "/";
  if (details.offset != SignatureError::NO_OFFSET) {
    text += " at offset " + std::to_string(details.offset);
  }
  return text + ": " + details.message;
}

}  // namespace

SignatureError::SignatureError(const char* code, Details details)
    : CodedError(code, describe(details)), details_(std::move(details)) {}

std::shared_ptr<const MatcherDatabase> createMatcherDatabase(Engine engine, SignatureSet signatures,
                                                             const DatabaseCache& cache) {
  switch (engine) {
    case Engine::HYPERSCAN:
      return createHyperscanDatabase(std::move(signatures), cache);
    case Engine::EMULATOR:
    case Engine::NCORE:
      return std::make_shared<NcoreDatabase>(openDevice({.engine = engine}, {}),
                                             DeviceOptions{}.gatherNs, std::move(signatures),
                                             RefusedPatterns::ARE_ERRORS, cache);
    case Engine::NONE:
      break;
  }
  return std::make_shared<NoneDatabase>(std::move(signatures));
}

}  // namespace weir
