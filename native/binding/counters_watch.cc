// SPDX-License-Identifier: Apache-2.0
#include "binding/counters_watch.h"

#include <iterator>

namespace weir {

namespace {

template <typename Counters>
struct Word {
  const char* name;
  uint64_t (*read)(const Counters&);
};

constexpr Word<LaneCounters> LANE_WORDS[] = {
    {"packets", [](const LaneCounters& lane) { return lane.captured.packets; }},
    {"frameOctets", [](const LaneCounters& lane) { return lane.frameOctets; }},
    {"evictedFlows", [](const LaneCounters& lane) { return lane.table.evictedFlows; }},
    {"liveFlows", [](const LaneCounters& lane) { return lane.liveFlows; }},
    {"samplingFactor", [](const LaneCounters& lane) { return lane.samplingFactor; }},
    {"overloadLevel", [](const LaneCounters& lane) { return lane.overloadLevel; }},
    {"kernelDroppedPackets",
     [](const LaneCounters& lane) { return lane.capture.kernelDroppedPackets; }},
    {"interfaceLosses", [](const LaneCounters& lane) { return lane.capture.interfaceLosses; }},
    {"interfaceReturns", [](const LaneCounters& lane) { return lane.capture.interfaceReturns; }},
    {"slotShortageFlows",
     [](const LaneCounters& lane) { return lane.classifier.slotShortageFlows; }},
    {"shedFlows", [](const LaneCounters& lane) { return lane.classifier.shedFlows; }},
    {"matcherBusyRequests",
     [](const LaneCounters& lane) { return lane.classifier.matcherBusyRequests; }},
    {"cpuNs", [](const LaneCounters& lane) { return lane.cpuNs; }},
    {"wallNs", [](const LaneCounters& lane) { return lane.wallNs; }},
};

constexpr Word<SenderCounters> TARGET_WORDS[] = {
    {"failedRecords", [](const SenderCounters& sender) { return sender.failedRecords; }},
    {"unreachableMessages",
     [](const SenderCounters& sender) { return sender.unreachableMessages; }},
    {"sessions", [](const SenderCounters& sender) { return sender.sessions; }},
    {"connected", [](const SenderCounters& sender) { return sender.connected; }},
};

template <typename Words>
Napi::Array namesOf(Napi::Env env, const Words& words) {
  Napi::Array names = Napi::Array::New(env);
  for (const auto& word : words) names.Set(names.Length(), word.name);
  return names;
}

}  // namespace

void defineWatch(Napi::Env env, Napi::Object& exports) {
  exports.Set("laneWatch", namesOf(env, LANE_WORDS));
  exports.Set("targetWatch", namesOf(env, TARGET_WORDS));
}

void writeWatch(const std::vector<LaneCounters>& lanes, size_t exporters, Napi::Float64Array into) {
  const size_t words = std::size(LANE_WORDS) + exporters * std::size(TARGET_WORDS);
  if (into.ElementLength() != lanes.size() * words)
    throw Napi::RangeError::New(into.Env(), "the array has another length than the counters");
  double* next = into.Data();
  for (const LaneCounters& lane : lanes) {
    for (const auto& word : LANE_WORDS) *next++ = static_cast<double>(word.read(lane));
    for (size_t i = 0; i < exporters; ++i) {
      for (const auto& word : TARGET_WORDS)
        *next++ = static_cast<double>(word.read(lane.exporters[i].sender));
    }
  }
}

}  // namespace weir
