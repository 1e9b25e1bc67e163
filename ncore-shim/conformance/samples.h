// SPDX-License-Identifier: Apache-2.0
// Patterns and payloads as a probe has them, for several chapters.
#pragma once

#include <string>
#include <vector>

#include "subject.h"

namespace ncore_conformance {

const PatternSet& signatures();
const std::vector<std::string>& payloads();
// "a" as often as wanted.
std::string repeated(const std::string& text, size_t times);

}  // namespace ncore_conformance
