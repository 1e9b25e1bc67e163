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

// Whether an end assertion stands anywhere, be it where it can make no difference.
bool testsEnd(const SyntaxNode& node) {
  if (node.kind == Kind::DATA_END || node.kind == Kind::LINE_END) return true;
  return std::ranges::any_of(node.children, testsEnd);
}

struct Step {
  // The last three are positions that no node stands for: see position_automaton.h.
  enum class Kind {
    BYTES,
    SPLIT,
    STREAM_START,
    DATA_END,
    LINE_END,
    MATCH,
    AT_END,
    LAST_LINE_FEED,
    HELD
  };
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
    add({Step::Kind::AT_END, 0, 0, nullptr});
    add({Step::Kind::LAST_LINE_FEED, AT_END, 0, nullptr});
    add({Step::Kind::HELD, HELD, 0, nullptr});
    const uint32_t match = add({Step::Kind::MATCH, 0, 0, nullptr});
    return emit(tree, match);
  }

  static constexpr uint32_t AT_END = 0;
  static constexpr uint32_t LAST_LINE_FEED = 1;
  static constexpr uint32_t HELD = 2;

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
      case Kind::DATA_END:
        return add({Step::Kind::DATA_END, next, 0, nullptr});
      case Kind::LINE_END:
        return add({Step::Kind::LINE_END, next, 0, nullptr});
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

// What may be left of the data behind the end assertions that were passed on the way: '$' leaves
// nothing or one line feed, which a part of the regex behind it may take ("$\n").
enum class Left { ANYTHING, NOTHING, LINE_FEED, LINE_FEED_TAKEN };
constexpr size_t LEFT_COUNT = 4;

// What is reached from a step without taking a byte.
struct Reach {
  std::vector<uint32_t> waiting;  // BYTES steps
  bool matches = false;
  bool matchesAtEnd = false;           // if no byte is left
  bool matchesBeforeLineFeed = false;  // if one line feed is left, taken or not
};

class StepWalker {
 public:
  explicit StepWalker(const std::vector<Step>& steps)
      : steps_(steps), visitedIn_(steps.size() * LEFT_COUNT, 0) {}

  Reach reach(uint32_t from, At at) {
    Reach reach;
    ++walk_;
    at_ = at;
    pending_.assign(1, {from, Left::ANYTHING});
    while (!pending_.empty()) {
      const Visit next = pending_.back();
      pending_.pop_back();
      uint32_t& visitedIn = visitedIn_[next.step * LEFT_COUNT + static_cast<size_t>(next.left)];
      if (std::exchange(visitedIn, walk_) != walk_) visit(next, reach);
    }
    return reach;
  }

 private:
  struct Visit {
    uint32_t step;
    Left left;
  };

  void visit(Visit visited, Reach& reach) {
    const auto [index, left] = visited;
    const Step& step = steps_[index];
    switch (step.kind) {
      case Step::Kind::BYTES:
        takeByte(visited, reach);
        break;
      case Step::Kind::MATCH:
        match(left, reach);
        break;
      case Step::Kind::SPLIT:
        pending_.push_back({step.other, left});
        pending_.push_back({step.next, left});
        break;
      case Step::Kind::STREAM_START:
        if (at_ == At::STREAM_START && left != Left::LINE_FEED_TAKEN) go(step.next, left);
        break;
      case Step::Kind::DATA_END:
        if (left != Left::LINE_FEED) go(step.next, atEnd(left));
        break;
      case Step::Kind::LINE_END:
        go(step.next, atEnd(left));
        if (left == Left::ANYTHING) go(step.next, Left::LINE_FEED);
        break;
      default:
        break;  // positions only
    }
  }

  static Left atEnd(Left left) { return left == Left::ANYTHING ? Left::NOTHING : left; }

  void go(uint32_t step, Left left) { pending_.push_back({step, left}); }

  void takeByte(Visit visited, Reach& reach) {
    const Step& step = steps_[visited.step];
    if (visited.left == Left::ANYTHING) {
      reach.waiting.push_back(visited.step);
    } else if (visited.left == Left::LINE_FEED && step.leaf->bytes.test('\n')) {
      go(step.next, Left::LINE_FEED_TAKEN);
    }
  }

  static void match(Left left, Reach& reach) {
    switch (left) {
      case Left::ANYTHING:
        reach.matches = true;
        break;
      case Left::NOTHING:
        reach.matchesAtEnd = true;
        break;
      default:
        reach.matchesBeforeLineFeed = true;
    }
  }

  const std::vector<Step>& steps_;
  std::vector<uint32_t> visitedIn_;
  std::vector<Visit> pending_;
  uint32_t walk_ = 0;
  At at_ = At::LATER;
};

[[noreturn]] void refuseTooLarge(uint64_t size) {
  throw Refusal{NCORE_REFUSED_TOO_LARGE, 0, "pattern is too large once repetitions are written out",
                size};
}

enum class Accepts { WITH_A_BYTE, AT_END };

// Gives numbers to the steps that can be reached and wait, in the order of discovery.
class PositionBuilder {
 public:
  PositionBuilder(const std::vector<Step>& steps, uint32_t entry, Accepts accepts)
      : steps_(steps),
        walker_(steps),
        entry_(entry),
        accepts_(accepts),
        numbers_(steps.size(), NONE) {}

  PositionAutomaton build() {
    Reach anywhere = walker_.reach(entry_, At::LATER);
    Reach atStart = walker_.reach(entry_, At::STREAM_START);
    if (atStart.matches || atStart.matchesAtEnd) {
      throw Refusal{NCORE_REFUSED_EMPTY_MATCH, 0, "pattern matches the empty string", 0};
    }
    waitForEnd(anywhere);
    waitForEnd(atStart);
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

  static void waitForEnd(Reach& reach) {
    if (reach.matchesAtEnd) reach.waiting.push_back(StepBuilder::AT_END);
    if (reach.matchesBeforeLineFeed) reach.waiting.push_back(StepBuilder::LAST_LINE_FEED);
  }

  void fillPosition(size_t index) {
    const Step& step = steps_[order_[index]];
    Position position;
    position.atEnd = step.kind == Step::Kind::AT_END || step.kind == Step::Kind::HELD;
    if (step.kind == Step::Kind::BYTES) {
      position.bytes = step.leaf->bytes;
      fillFollow(step.next, position);
    } else if (step.kind == Step::Kind::LAST_LINE_FEED) {
      position.bytes = singleByte('\n');
      position.follow = number({step.next});
    } else if (step.kind == Step::Kind::HELD) {
      position.bytes.set();
      position.follow = number({step.next});
    }
    automaton_.positions[index] = std::move(position);
  }

  void fillFollow(uint32_t next, Position& position) {
    Reach reach = walker_.reach(next, At::LATER);
    if (reach.matches) {
      // A pattern reports its first end only: what would follow an accepting byte is of no use.
      reach.waiting.clear();
      if (accepts_ == Accepts::AT_END) reach.waiting.push_back(StepBuilder::HELD);
    } else {
      waitForEnd(reach);
    }
    position.accepts = reach.matches && accepts_ == Accepts::WITH_A_BYTE;
    followTotal_ += reach.waiting.size();
    if (followTotal_ > PositionAutomaton::FOLLOW_MAX) refuseTooLarge(followTotal_);
    position.follow = number(reach.waiting);
  }

  const std::vector<Step>& steps_;
  StepWalker walker_;
  const uint32_t entry_;
  const Accepts accepts_;
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
  const Accepts accepts = testsEnd(tree) ? Accepts::AT_END : Accepts::WITH_A_BYTE;
  return PositionBuilder(builder.steps, entry, accepts).build();
}

bool runsForever(const PositionAutomaton& automaton) {
  if (!automaton.first.empty()) return true;
  // Takes away what nothing leads to any more; what remains is a loop or behind one. That a pattern
  // of the end of data has held is one position for good, and no loop.
  const std::vector<Position>& positions = automaton.positions;
  const auto visitFollow = [&](size_t index, auto visit) {
    for (const uint16_t next : positions[index].follow) {
      if (next != index || !positions[index].atEnd) visit(next);
    }
  };
  std::vector<uint32_t> leadHere(positions.size(), 0);
  for (size_t i = 0; i < positions.size(); ++i) {
    visitFollow(i, [&](uint16_t next) { ++leadHere[next]; });
  }
  std::vector<size_t> free;
  for (size_t i = 0; i < positions.size(); ++i) {
    if (leadHere[i] == 0) free.push_back(i);
  }
  for (size_t i = 0; i < free.size(); ++i) {
    visitFollow(free[i], [&](uint16_t next) {
      if (--leadHere[next] == 0) free.push_back(next);
    });
  }
  return free.size() < positions.size();
}

}  // namespace weir::ncore
