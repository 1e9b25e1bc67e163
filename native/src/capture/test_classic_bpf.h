// SPDX-License-Identifier: Apache-2.0
// For tests: runs a classic BPF program as the kernel does, after Documentation/networking/filter,
// as far as fanoutProgram() goes.
#pragma once

#include <linux/filter.h>

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "capture/byte_order.h"

namespace weir::test {

class ClassicBpf {
 public:
  /// Loads below `SKF_LL_OFF` + 64 KiB are from the frame's beginning.
  explicit ClassicBpf(std::vector<sock_filter> program) : program_(std::move(program)) {}

  /// What it returns; 0, as in the kernel, when it loads from beyond the frame.
  uint32_t operator()(std::span<const uint8_t> frame) {
    frame_ = frame;
    accumulator_ = index_ = 0;
    memory_ = {};
    for (size_t at = 0; at < program_.size(); ++at) {
      const sock_filter& step = program_[at];
      switch (BPF_CLASS(step.code)) {
        case BPF_LD:
          if (!load(step)) return 0;
          break;
        case BPF_LDX:
          index_ = BPF_MODE(step.code) == BPF_MEM ? memory_.at(step.k) : step.k;
          break;
        case BPF_ST:
          memory_.at(step.k) = accumulator_;
          break;
        case BPF_STX:
          memory_.at(step.k) = index_;
          break;
        case BPF_ALU:
          compute(step);
          break;
        case BPF_JMP:
          at += BPF_OP(step.code) == BPF_JA ? step.k : accumulator_ == step.k ? step.jt : step.jf;
          break;
        case BPF_RET:
          return BPF_RVAL(step.code) == BPF_A ? accumulator_ : step.k;
        default:
          (BPF_MISCOP(step.code) == BPF_TAX ? index_ : accumulator_) =
              BPF_MISCOP(step.code) == BPF_TAX ? accumulator_ : index_;
      }
    }
    throw std::logic_error("a program must return");
  }

 private:
  bool load(const sock_filter& step) {
    if (BPF_MODE(step.code) == BPF_MEM) {
      accumulator_ = memory_.at(step.k);
      return true;
    }
    if (BPF_MODE(step.code) != BPF_IND) throw std::logic_error("a load that is not known");
    const size_t bytes = BPF_SIZE(step.code) == BPF_W ? 4 : BPF_SIZE(step.code) == BPF_H ? 2 : 1;
    const int64_t at = int64_t{static_cast<int32_t>(step.k)} + index_ - SKF_LL_OFF;
    if (at < 0 || at + bytes > frame_.size()) return false;
    const uint8_t* const from = &frame_[static_cast<size_t>(at)];
    accumulator_ = bytes == 4 ? load32Be(from) : bytes == 2 ? load16Be(from) : *from;
    return true;
  }

  void compute(const sock_filter& step) {
    const uint32_t operand = BPF_SRC(step.code) == BPF_X ? index_ : step.k;
    switch (BPF_OP(step.code)) {
      case BPF_ADD:
        accumulator_ += operand;
        break;
      case BPF_MUL:
        accumulator_ *= operand;
        break;
      case BPF_DIV:
        accumulator_ /= operand;
        break;
      case BPF_AND:
        accumulator_ &= operand;
        break;
      case BPF_XOR:
        accumulator_ ^= operand;
        break;
      case BPF_RSH:
        accumulator_ >>= operand;
        break;
      default:
        throw std::logic_error("an operation that is not known");
    }
  }

  std::vector<sock_filter> program_;
  std::span<const uint8_t> frame_;
  uint32_t accumulator_ = 0;
  uint32_t index_ = 0;
  std::array<uint32_t, BPF_MEMWORDS> memory_{};
};

}  // namespace weir::test
