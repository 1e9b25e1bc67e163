// SPDX-License-Identifier: Apache-2.0
// Which of the captured packets are looked at, when not all are (RFC 5475).
#pragma once

#include <cstdint>
#include <random>

namespace weir {

/// How packets are chosen; numbers of IANA's psamp-parameters registry.
enum class SamplingAlgorithm : uint8_t {
  SYSTEMATIC_COUNT = 1,  ///< every `interval`-th
  RANDOM_OUT_OF_N = 3,   ///< one of each `interval`, at a random place
};

/// One of `interval` packets is looked at. Records hold what was looked at: collectors multiply.
struct SamplingState {
  uint32_t interval = 1;
  SamplingAlgorithm algorithm = SamplingAlgorithm::SYSTEMATIC_COUNT;

  bool operator==(const SamplingState&) const = default;
};

/// Owned by one lane. RANDOM_OUT_OF_N keeps periodic traffic from meeting a periodic choice.
class PacketSampler {
 public:
  PacketSampler(SamplingState state, uint64_t seed) : state_(state), random_(seed) {
    beginWindow();
  }

  [[nodiscard]] bool takesAll() const { return state_.interval <= 1; }
  [[nodiscard]] const SamplingState& state() const { return state_; }

  /// A window that was begun ends here.
  void setInterval(uint32_t interval) {
    state_.interval = interval;
    beginWindow();
  }

  /// Whether the next packet is one that is looked at.
  bool take() {
    const bool isChosen = place_ == chosen_;
    if (++place_ >= state_.interval) beginWindow();
    return isChosen;
  }

 private:
  void beginWindow() {
    place_ = 0;
    chosen_ = state_.interval - 1;
    if (state_.algorithm == SamplingAlgorithm::RANDOM_OUT_OF_N)
      chosen_ = std::uniform_int_distribution<uint32_t>(0, state_.interval - 1)(random_);
  }

  SamplingState state_;
  std::mt19937_64 random_;
  uint32_t place_ = 0;
  uint32_t chosen_ = 0;
};

}  // namespace weir
