// SPDX-License-Identifier: Apache-2.0
// A chapter is judged in a process of its own, so that an implementation that crashes or hangs
// spoils one requirement and not the report.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "report.h"
#include "requirement.h"
#include "subject.h"

namespace ncore_conformance {

// What the library says of itself, by a process of its own; throws Failure when it cannot be used.
void introduce(const Settings& settings, Report& report);

enum class Next { GO_ON, END };

// Calls `tell` as each requirement is judged, until it says END.
Next judgeChapter(const Settings& settings, const Chapter& chapter,
                  const std::function<Next(const Finding&)>& tell);

}  // namespace ncore_conformance
