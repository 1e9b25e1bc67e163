// SPDX-License-Identifier: Apache-2.0
// A compiled pattern set: one Hyperscan database for patterns that are told as bytes come, one for
// those of the end of data. Immutable; any thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hyperscan_handles.h"
#include "ncore.h"
#include "pattern_syntax.h"

namespace hyperscan_device {

class Database {
 public:
  // Patterns that are tested alike. A Hyperscan id is an index in `ids`.
  struct Part {
    std::vector<uint32_t> ids;
    HsDatabasePtr compiled;  // null without patterns

    [[nodiscard]] size_t streamBytes() const;
  };

  // `reports`: as many as patterns, or none.
  static std::shared_ptr<const Database> compile(std::span<const NcorePattern> patterns,
                                                 std::span<NcorePatternReport> reports);
  // Null for bytes that save() has not given.
  static std::shared_ptr<const Database> restore(std::string_view bytes);
  [[nodiscard]] std::string save() const;

  [[nodiscard]] const Part& asBytesCome() const { return asBytesCome_; }
  [[nodiscard]] const Part& atEnd() const { return atEnd_; }
  [[nodiscard]] uint64_t digest() const { return digest_; }
  [[nodiscard]] NcoreDatabaseInfo info() const;

 private:
  struct Pattern {
    std::string regex;
    uint32_t flags;  // the ABI's
    uint32_t id;
    bool testsEnd;
  };

  static std::optional<Objection> examine(const NcorePattern& given, Pattern& pattern);
  static void compilePart(const std::vector<Pattern>& patterns, bool testsEnd, Part& part);
  void takeDigest();

  std::vector<Pattern> patterns_;  // accepted
  Part asBytesCome_;
  Part atEnd_;
  uint64_t digest_ = 0;
};

}  // namespace hyperscan_device
