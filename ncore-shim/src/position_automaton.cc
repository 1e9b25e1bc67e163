// SPDX-License-Identifier: Apache-2.0
#include "position_automaton.h"

#include <algorithm>
#include <utility>

#include "pattern_cursor.h"

namespace weir::ncore {

namespace {

using Kind = SyntaxNode::Kind;

uint64_t saturatingMultiply(uint64_t a, uint64_t b) {
  uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

uint64_t saturatingAdd(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

// Leaves after repetitions are written out. Empty leaves count too: they cost work as well.
uint64_t expandedSize(const SyntaxNode& node) {
  if (node.children.empty()) return 1;
  uint64_t size = 0;
  for (const SyntaxNode& child : node.children) size = saturatingAdd(size, expandedSize(child));
  if (node.kind != Kind::REPETITION) return size;
  const bool unbounded = node.most == SyntaxNode::UNBOUNDED;
  const uint32_t copies = unbounded ? node.least : node.most;
  return saturatingMultiply(size, std::max<uint32_t>(copies, 1));
}

struct Step {
  enum class Kind { BYTES, SPLIT, STREAM_START, MATCH };
  Kind kind;
  uint32_t next = 0;
  uint32_t other = 0;                // SPLIT
  const SyntaxNode* leaf = nullptr;  // BYTES
};

// Thompson's construction, written from the end: each part is told the step that follows it, so
// no dangling ends have to be patched.
class StepBuilder {
 public:
  uint32_t build(const SyntaxNode& tree) {
    const uint32_t match = add({Step::Kind::MATCH, 0, 0, nullptr});
    return emit(tree, match);
  }

  std::vector<Step> steps;

 private:
  uint32_t add(const Step& step) {
    steps.push_back(step);
    return static_cast<uint32_t>(steps.size() - 1);
  }

  uint32_t addSplit(uint32_t next, uint32_t other) {
    return add({Step::Kind::SPLIT, next, other, nullptr});
  }

  uint32_t emit(const SyntaxNode& node, uint32_t next) {
    switch (node.kind) {
      case Kind::EMPTY:
        return next;
      case Kind::BYTES:
        return add({Step::Kind::BYTES, next, 0, &node});
      case Kind::STREAM_START:
        return add({Step::Kind::STREAM_START, next, 0, nullptr});
      case Kind::SEQUENCE:
        for (size_t i = node.children.size(); i-- > 0;) next = emit(node.children[i], next);
        return next;
      case Kind::ALTERNATION:
        return emitAlternation(node, next);
      case Kind::REPETITION:
        return emitRepetition(node, next);
    }
    return next;
  }

  uint32_t emitAlternation(const SyntaxNode& node, uint32_t next) {
    uint32_t entry = emit(node.children.back(), next);
    for (size_t i = node.children.size() - 1; i-- > 0;) {
      entry = addSplit(emit(node.children[i], next), entry);
    }
    return entry;
  }

  uint32_t emitRepetition(const SyntaxNode& node, uint32_t next) {
    const SyntaxNode& body = node.children.front();
    uint32_t entry = next;
    uint32_t copies = node.least;
    if (node.most == SyntaxNode::UNBOUNDED) {
      entry = emitLoop(body, next, copies);
      if (copies > 0) --copies;
    } else {
      // x{0,3} as (x(x(x)?)?)?: each copy follows one other only, not all the later ones.
      for (uint32_t i = node.least; i < node.most; ++i) entry = addSplit(emit(body, entry), next);
    }
    for (; copies > 0; --copies) entry = emit(body, entry);
    return entry;
  }

  // x* enters at the split, x+ at the body.
  uint32_t emitLoop(const SyntaxNode& body, uint32_t next, uint32_t least) {
    const uint32_t split = addSplit(0, next);
    const uint32_t entry = emit(body, split);
    steps[split].next = entry;
    return least > 0 ? entry : split;
  }
};

enum class At { STREAM_START, LATER };

// What is reached from a step without taking a byte.
struct Reach {
  std::vector<uint32_t> waiting;  // BYTES steps
  bool matches = false;
};

class StepWalker {
 public:
  explicit StepWalker(const std::vector<Step>& steps)
      : steps_(steps), visitedIn_(steps.size(), 0) {}

  Reach reach(uint32_t from, At at) {
    Reach reach;
    ++walk_;
    pending_.assign(1, from);
    while (!pending_.empty()) {
      const uint32_t at_ = pending_.back();
      pending_.pop_back();
      if (std::exchange(visitedIn_[at_], walk_) != walk_) visit(at_, at, reach);
    }
    return reach;
  }

 private:
  void visit(uint32_t index, At at, Reach& reach) {
    const Step& step = steps_[index];
    switch (step.kind) {
      case Step::Kind::BYTES:
        reach.waiting.push_back(index);
        break;
      case Step::Kind::MATCH:
        reach.matches = true;
        break;
      case Step::Kind::SPLIT:
        pending_.push_back(step.other);
        pending_.push_back(step.next);
        break;
      case Step::Kind::STREAM_START:
        if (at == At::STREAM_START) pending_.push_back(step.next);
        break;
    }
  }

  const std::vector<Step>& steps_;
  std::vector<uint32_t> visitedIn_;
  std::vector<uint32_t> pending_;
  uint32_t walk_ = 0;
};

[[noreturn]] void refuseTooLarge(uint64_t size) {
  throw Refusal{NCORE_REFUSED_TOO_LARGE, 0, "pattern is too large once repetitions are written out",
                size};
}

// Gives numbers to the BYTES steps that can be reached, in the order of discovery.
class PositionBuilder {
 public:
  PositionBuilder(const std::vector<Step>& steps, uint32_t entry)
      : steps_(steps), walker_(steps), entry_(entry), numbers_(steps.size(), NONE) {}

  PositionAutomaton build() {
    const Reach anywhere = walker_.reach(entry_, At::LATER);
    const Reach atStart = walker_.reach(entry_, At::STREAM_START);
    if (anywhere.matches || atStart.matches) {
      throw Refusal{NCORE_REFUSED_EMPTY_MATCH, 0, "pattern matches the empty string", 0};
    }
    automaton_.first = number(anywhere.waiting);
    for (uint16_t position : number(atStart.waiting)) {
      if (!std::ranges::count(automaton_.first, position)) {
        automaton_.firstAtStart.push_back(position);
      }
    }
    for (size_t i = 0; i < order_.size(); ++i) fillPosition(i);
    return std::move(automaton_);
  }

 private:
  static constexpr uint32_t NONE = 0xffffffff;

  std::vector<uint16_t> number(const std::vector<uint32_t>& found) {
    std::vector<uint16_t> numbers;
    for (uint32_t step : found) {
      if (numbers_[step] == NONE) {
        numbers_[step] = static_cast<uint32_t>(order_.size());
        order_.push_back(step);
        automaton_.positions.emplace_back();
      }
      numbers.push_back(static_cast<uint16_t>(numbers_[step]));
    }
    return numbers;
  }

  void fillPosition(size_t index) {
    const Step& step = steps_[order_[index]];
    Reach reach = walker_.reach(step.next, At::LATER);
    // A pattern reports its first end only: what would follow an accepting byte is of no use.
    if (reach.matches) reach.waiting.clear();
    followTotal_ += reach.waiting.size();
    if (followTotal_ > PositionAutomaton::FOLLOW_MAX) refuseTooLarge(followTotal_);
    std::vector<uint16_t> follow = number(reach.waiting);
    Position& position = automaton_.positions[index];
    position.bytes = step.leaf->bytes;
    position.accepts = reach.matches;
    position.follow = std::move(follow);
  }

  const std::vector<Step>& steps_;
  StepWalker walker_;
  const uint32_t entry_;
  std::vector<uint32_t> numbers_;
  std::vector<uint32_t> order_;
  PositionAutomaton automaton_;
  uint64_t followTotal_ = 0;
};

}  // namespace

PositionAutomaton buildPositionAutomaton(const SyntaxNode& tree) {
  const uint64_t size = expandedSize(tree);
  if (size > PositionAutomaton::POSITIONS_MAX) refuseTooLarge(size);
  StepBuilder builder;
  const uint32_t entry = builder.build(tree);
  return PositionBuilder(builder.steps, entry).build();
}

}  // namespace weir::ncore
