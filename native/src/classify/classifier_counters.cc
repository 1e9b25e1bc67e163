// SPDX-License-Identifier: Apache-2.0
#include "classify/classifier_counters.h"

#include <array>
#include <bit>
#include <cstddef>

namespace weir {

ClassifierCounters& ClassifierCounters::operator+=(const ClassifierCounters& other) {
  using Words = std::array<uint64_t, sizeof(ClassifierCounters) / sizeof(uint64_t)>;
  auto sum = std::bit_cast<Words>(*this);
  const auto words = std::bit_cast<Words>(other);
  for (size_t i = 0; i < words.size(); ++i) sum[i] += words[i];
  return *this = std::bit_cast<ClassifierCounters>(sum);
}

}  // namespace weir
