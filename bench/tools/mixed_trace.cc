// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <queue>
#include <stdexcept>

#include "bytes.h"
#include "capture.h"
#include "rewrite.h"
#include "trace_writer.h"
#include "traces.h"

namespace bench {
namespace {

/// Conversations by what they do to the mean size of a frame.
enum class Size : uint8_t { BULK, STREAM, SMALL };

constexpr double BULK_MEAN_OCTETS = 600;
/// Many small frames: a call's voice.
constexpr uint64_t STREAM_PACKETS = 200;
constexpr double LEAST_MEAN_OCTETS = 600;
constexpr double MOST_MEAN_OCTETS = 800;
constexpr double RAISED_MEAN_OCTETS = 640;
constexpr double LOWERED_MEAN_OCTETS = 760;
constexpr double LEAST_WEIGHT = 0.05;
constexpr uint64_t LONGEST_CAPTURE_US = 60'000'000;

Size sizeOf(const Conversation& conversation) {
  if (conversation.meanOctets() >= BULK_MEAN_OCTETS) return Size::BULK;
  return conversation.packets >= STREAM_PACKETS ? Size::STREAM : Size::SMALL;
}

/// In which share of the copies the conversations of a size appear.
struct Weights {
  std::array<double, 3> bySize{1, 1, 1};

  [[nodiscard]] double of(const Conversation& conversation) const {
    return bySize[static_cast<size_t>(sizeOf(conversation))];
  }
};

struct Sum {
  double packets = 0;
  double octets = 0;
};

using Sums = std::array<Sum, 3>;

Sums sumBySize(const std::vector<Capture>& captures) {
  Sums sums{};
  for (const Capture& capture : captures) {
    for (const Conversation& conversation : capture.conversations) {
      Sum& sum = sums[static_cast<size_t>(sizeOf(conversation))];
      sum.packets += static_cast<double>(conversation.packets);
      sum.octets += static_cast<double>(conversation.octets);
    }
  }
  return sums;
}

double meanOctets(const Sums& sums, const Weights& weights) {
  Sum all;
  for (size_t i = 0; i < sums.size(); ++i) {
    all.packets += weights.bySize[i] * sums[i].packets;
    all.octets += weights.bySize[i] * sums[i].octets;
  }
  return all.packets == 0 ? 0 : all.octets / all.packets;
}

/// Leaves out as many of one size as it takes to bring the mean to the target, or nearly all.
void thin(Weights& weights, Size size, const Sums& sums, double target) {
  Sum others;
  for (size_t i = 0; i < sums.size(); ++i) {
    if (i == static_cast<size_t>(size)) continue;
    others.packets += weights.bySize[i] * sums[i].packets;
    others.octets += weights.bySize[i] * sums[i].octets;
  }
  const Sum& own = sums[static_cast<size_t>(size)];
  if (own.packets == 0) return;
  const double weight =
      (others.octets - target * others.packets) / (target * own.packets - own.octets);
  weights.bySize[static_cast<size_t>(size)] = std::clamp(weight, LEAST_WEIGHT, 1.0);
}

/// Frames of 600 to 800 octets in the mean, as a mirror port sees them, whatever the captures hold.
Weights weightsFor(const std::vector<Capture>& captures) {
  const Sums sums = sumBySize(captures);
  Weights weights;
  const double mean = meanOctets(sums, weights);
  if (mean < LEAST_MEAN_OCTETS) {
    thin(weights, Size::STREAM, sums, RAISED_MEAN_OCTETS);
    thin(weights, Size::SMALL, sums, RAISED_MEAN_OCTETS);
  } else if (mean > MOST_MEAN_OCTETS) {
    thin(weights, Size::BULK, sums, LOWERED_MEAN_OCTETS);
  }
  return weights;
}

double flowsPerCopy(const std::vector<Capture>& captures, const Weights& weights) {
  double flows = 0;
  for (const Capture& capture : captures) {
    for (const Conversation& conversation : capture.conversations) {
      if (conversation.isIp && conversation.hasHost) flows += weights.of(conversation);
    }
  }
  return flows;
}

/// One copy of one capture on its way into the trace.
struct Copy {
  const Capture* capture = nullptr;
  uint64_t number = 0;
  uint64_t firstHost = 0;
  uint64_t startUs = 0;
  size_t next = 0;
  uint64_t nextUs = 0;
};

struct Later {
  bool operator()(const Copy* left, const Copy* right) const {
    return left->nextUs > right->nextUs;
  }
};

/// A weight of 0.3 is in three of ten copies, spread evenly; the shift keeps the conversations of a
/// size from being left out of the same copies.
bool isInCopy(const Conversation& conversation, uint32_t number, uint64_t copy, double weight) {
  if (!conversation.hasHost && conversation.isIp) return copy == 0;
  const double shift = static_cast<double>(scramble(number) >> 11) / 9007199254740992.0;
  const double at = static_cast<double>(copy) * weight + shift;
  return std::floor(at + weight) > std::floor(at);
}

class MixedTrace {
 public:
  explicit MixedTrace(const MixedTraceOptions& options) : options_(options) {
    for (const std::string& path : options.captures) captures_.push_back(loadCapture(path));
    weights_ = weightsFor(captures_);
    const double flows = flowsPerCopy(captures_, weights_);
    if (flows == 0) throw std::runtime_error("no flow whose addresses can be rewritten");
    copyCount_ = std::max<uint64_t>(
        1, static_cast<uint64_t>(std::ceil(static_cast<double>(options.flows) / flows)));
  }

  void write() {
    makeCopies();
    std::priority_queue<Copy*, std::vector<Copy*>, Later> queue;
    for (Copy& copy : copies_) {
      if (advance(copy)) queue.push(&copy);
    }
    TraceWriter writer(options_.path);
    std::vector<uint8_t> buffer;
    while (!queue.empty()) {
      Copy* copy = queue.top();
      queue.pop();
      writeFrame(writer, *copy, buffer);
      ++copy->next;
      if (advance(*copy)) queue.push(copy);
    }
    writer.close();
    report(writer);
  }

 private:
  void makeCopies() {
    uint64_t hosts = 0;
    for (uint64_t number = 0; number < copyCount_; ++number) {
      for (const Capture& capture : captures_) {
        const uint64_t span = options_.spanSeconds * 1000000;
        const uint64_t offset = span == 0 ? 0 : scramble(copies_.size()) % span;
        copies_.push_back({.capture = &capture,
                           .number = number,
                           .firstHost = hosts,
                           .startUs = TRACE_START_US + offset});
        hosts += capture.hostCount;
      }
    }
    if (hosts > MAXIMUM_HOSTS) {
      throw std::runtime_error("more hosts than 10.0.0.0/8 has addresses; ask for fewer flows");
    }
  }

  /// Goes on to the next frame that this copy has; false at the end.
  bool advance(Copy& copy) const {
    const Capture& capture = *copy.capture;
    while (copy.next < capture.frames.size()) {
      const CapturedFrame& captured = capture.frames[copy.next];
      const Conversation& conversation = capture.conversations[captured.conversation];
      if (isInCopy(conversation, captured.conversation, copy.number, weights_.of(conversation))) {
        copy.nextUs = copy.startUs + scaled(capture, captured.offsetUs);
        return true;
      }
      ++copy.next;
    }
    return false;
  }

  /// An hour's capture is played within a minute, so that its copies overlap.
  static uint64_t scaled(const Capture& capture, uint64_t offsetUs) {
    if (capture.durationUs <= LONGEST_CAPTURE_US) return offsetUs;
    return static_cast<uint64_t>(static_cast<double>(offsetUs) *
                                 static_cast<double>(LONGEST_CAPTURE_US) /
                                 static_cast<double>(capture.durationUs));
  }

  static std::optional<uint64_t> hostOf(const Copy& copy, const std::optional<uint32_t>& host) {
    if (!host) return std::nullopt;
    return copy.firstHost + *host;
  }

  static void writeFrame(TraceWriter& writer, const Copy& copy, std::vector<uint8_t>& buffer) {
    const CapturedFrame& captured = copy.capture->frames[copy.next];
    const auto octets = copy.capture->octetsOf(captured);
    buffer.assign(octets.begin(), octets.end());
    if (captured.frame.kind == FrameKind::IP) {
      rewriteAddresses(buffer, captured.frame,
                       {.source = hostOf(copy, captured.sourceHost),
                        .destination = hostOf(copy, captured.destinationHost)});
    }
    writer.write(copy.nextUs, buffer);
  }

  void report(const TraceWriter& writer) const {
    std::map<std::string, uint64_t> leftOut;
    for (const Capture& capture : captures_) {
      for (const auto& [reason, frames] : capture.leftOut) leftOut[reason] += frames;
    }
    std::printf("{\"packets\":%lu,\"octets\":%lu,\"copies\":%lu,", writer.packets(),
                writer.octets(), copyCount_);
    std::printf("\"weights\":{\"bulk\":%.4f,\"stream\":%.4f,\"small\":%.4f},\"leftOut\":{",
                weights_.bySize[0], weights_.bySize[1], weights_.bySize[2]);
    const char* comma = "";
    for (const auto& [reason, frames] : leftOut) {
      std::printf("%s\"%s\":%lu", comma, reason.c_str(), frames);
      comma = ",";
    }
    std::puts("}}");
  }

  MixedTraceOptions options_;
  std::vector<Capture> captures_;
  Weights weights_;
  uint64_t copyCount_ = 0;
  std::vector<Copy> copies_;
};

}  // namespace

void makeMixedTrace(const MixedTraceOptions& options) { MixedTrace(options).write(); }

}  // namespace bench
