// SPDX-License-Identifier: Apache-2.0
// A label's parts in words, the same wherever a person meets them.
#pragma once

#include <string>

#include "flow/flow_label.h"

namespace weir {

const char* confidenceName(Confidence confidence);

/// Where the rule stands in the application's signature: a key, and which of its list, from 1:
/// "/match/2"; "" without a rule.
std::string ruleText(const FlowLabel& label);

/// What a flow's name rests on, for collectors: "BitTorrent/match/2, payload".
std::string namingText(const std::string& application, const FlowLabel& label);

}  // namespace weir
