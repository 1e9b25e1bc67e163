// SPDX-License-Identifier: Apache-2.0
// What must be known of a regex before Hyperscan may have it. Hyperscan takes some constructs that
// the ABI excludes (word boundaries, Unicode, other flags), and reads a few otherwise than PCRE2:
// those are refused here, with their place. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ncore.h"

namespace hyperscan_device {

struct Objection {
  NcoreVerdict verdict;
  size_t offset;
  std::string reason;
};

struct PatternSyntax {
  std::optional<Objection> objection;
  bool testsEnd = false;  // has '$', \Z or \z
};

PatternSyntax inspect(std::string_view regex);

}  // namespace hyperscan_device
