// SPDX-License-Identifier: Apache-2.0
// How much of a flow is looked at before it counts as "no match", within what classify/flow_watch.h
// can count.
#pragma once

#include <algorithm>
#include <cstdint>

#include "classify/classifier.h"
#include "classify/flow_watch.h"

namespace weir {

struct FlowBudgets {
  /// A direction that has sent this many times its budget ends the wait for a silent other one.
  static constexpr uint32_t PATIENCE_BUDGETS = 8;

  explicit FlowBudgets(const ClassifierOptions& options)
      : stream{std::min<uint32_t>(options.budgetPacketsPerDirection, SPENT_PACKETS_MAX),
               options.budgetBytesPerDirection},
        datagrams{std::min(options.budgetPacketsPerDirection, DatagramWatch::BUDGET_MAX.packets),
                  std::min(options.budgetBytesPerDirection, DatagramWatch::BUDGET_MAX.octets)},
        patiencePackets(std::min<uint32_t>(options.budgetPacketsPerDirection * PATIENCE_BUDGETS,
                                           SPENT_PACKETS_MAX)) {}

  DirectionBudget stream;
  DirectionBudget datagrams;
  uint32_t patiencePackets;
};

}  // namespace weir
