// SPDX-License-Identifier: Apache-2.0
#include "binding/collect_counters_writer.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "collect/receive/socket_address.h"

namespace weir {

namespace {

using collect::DomainState;

/// Counters of any of the stages: `names` are theirs, by the value of `Count`.
template <typename Count, typename Counters, typename Names>
Napi::Object write(Napi::Env env, const Counters& counters, const Names& names) {
  Napi::Object object = Napi::Object::New(env);
  for (size_t i = 0; i < names.size(); ++i)
    object.Set(names[i], static_cast<double>(counters.of(static_cast<Count>(i))));
  return object;
}

Napi::Object writeLane(Napi::Env env, const collect::IntakeLane& lane) {
  using collect::DecodeCount;
  using collect::LaneCount;
  using collect::ReceiveCount;
  Napi::Object object = Napi::Object::New(env);
  object.Set("receive",
             write<ReceiveCount>(env, lane.receiveCounters(), collect::RECEIVE_COUNT_NAMES));
  object.Set("decode",
             write<DecodeCount>(env, lane.path().decodeCounters(), collect::DECODE_COUNT_NAMES));
  object.Set("enrich", write<collect::EnrichCount>(env, lane.path().enrichCounters(),
                                                   collect::ENRICH_COUNT_NAMES));
  object.Set("lane", write<LaneCount>(env, lane.counters(), collect::LANE_COUNT_NAMES));
  return object;
}

struct Entry {
  const char* name;
  double value;
};

void setAll(Napi::Object& object, std::initializer_list<Entry> entries) {
  for (const Entry& entry : entries) object.Set(entry.name, entry.value);
}

double number(uint64_t value) { return static_cast<double>(value); }
double number(int64_t value) { return static_cast<double>(value); }
double number(uint32_t value) { return value; }

/// What happened, by the names of the decoder's counters and the receiver's.
Napi::Object writeCounted(Napi::Env env, const collect::DomainStatistics& seen) {
  Napi::Object object = Napi::Object::New(env);
  for (size_t i = 0; i < seen.counted.size(); ++i)
    if (seen.counted[i] > 0) object.Set(collect::DECODE_COUNT_NAMES[i], number(seen.counted[i]));
  if (seen.limitedRecords > 0) object.Set("limitedRecords", number(seen.limitedRecords));
  return object;
}

Napi::Object writeDomain(Napi::Env env, const DomainState& domain) {
  Napi::Object object = Napi::Object::New(env);
  const collect::DomainStatistics& seen = domain.statistics;
  object.Set("exporterAddress", collect::textOf(domain.exporterAddress));
  object.Set("exportProtocol",
             collect::EXPORT_PROTOCOL_NAMES[static_cast<size_t>(domain.protocol)]);
  object.Set("counted", writeCounted(env, seen));
  setAll(object, {
                     {"session", number(domain.session)},
                     {"observationDomainId", number(domain.observationDomainId)},
                     {"templates", number(domain.templates)},
                     {"applications", number(domain.applications)},
                     {"interfaces", number(domain.interfaces)},
                     {"samplers", number(domain.samplers)},
                     {"datagrams", number(seen.datagrams)},
                     {"octets", number(seen.octets)},
                     {"records", number(seen.records)},
                     {"optionsRecords", number(seen.optionsRecords)},
                     {"unknownTemplateSets", number(seen.unknownTemplateSets)},
                     {"clockSkewMilliseconds", number(seen.clockSkewMilliseconds)},
                     {"leastClockSkewMilliseconds", number(seen.leastClockSkewMilliseconds)},
                     {"firstSeenMilliseconds", number(seen.firstSeenMilliseconds)},
                     {"lastSeenMilliseconds", number(seen.lastSeenMilliseconds)},
                     {"samplingInterval", number(seen.samplingInterval)},
                     {"lostUnits", number(domain.sequence.lostUnits)},
                     {"gaps", number(domain.sequence.gaps)},
                     {"lateDatagrams", number(domain.sequence.lateDatagrams)},
                     {"duplicateDatagrams", number(domain.sequence.duplicateDatagrams)},
                     {"restarts", number(domain.sequence.restarts)},
                     {"exportedFlowRecords", number(domain.told.exportedFlowRecordTotalCount)},
                     {"notSentFlows", number(domain.told.notSentFlowTotalCount)},
                     {"ignoredPackets", number(domain.told.ignoredPacketTotalCount)},
                 });
  return object;
}

}  // namespace

Napi::Value writeLaneCounters(Napi::Env env, const collect::FlowCollection& collection) {
  Napi::Array lanes = Napi::Array::New(env);
  for (const auto& lane : collection.lanes()) lanes.Set(lanes.Length(), writeLane(env, *lane));
  return lanes;
}

Napi::Value writeApplications(Napi::Env env, std::vector<collect::ApplicationState> applications) {
  using collect::ApplicationState;
  const auto byName = [](const ApplicationState& application) {
    return std::tie(application.name, application.id);
  };
  // Of what several exporters tell, one that has a description comes first and stays.
  std::ranges::sort(applications, [](const ApplicationState& one, const ApplicationState& other) {
    return std::tie(one.name, one.id, other.description) <
           std::tie(other.name, other.id, one.description);
  });
  const auto repeated = std::ranges::unique(applications, {}, byName);
  applications.erase(repeated.begin(), repeated.end());
  Napi::Array array = Napi::Array::New(env, applications.size());
  for (uint32_t i = 0; i < applications.size(); ++i) {
    constexpr unsigned ENGINE_AT = 56;
    const auto& [id, name, description] = applications[i];
    const uint64_t selector = id & ((uint64_t{1} << ENGINE_AT) - 1);
    Napi::Object object = Napi::Object::New(env);
    object.Set("applicationId", std::to_string(id >> ENGINE_AT) + ":" + std::to_string(selector));
    object.Set("applicationName", name);
    object.Set("applicationDescription", description);
    array.Set(i, object);
  }
  return array;
}

Napi::Value writeDomains(Napi::Env env, const std::vector<DomainState>& domains) {
  Napi::Array array = Napi::Array::New(env, domains.size());
  for (uint32_t i = 0; i < domains.size(); ++i) array.Set(i, writeDomain(env, domains[i]));
  return array;
}

}  // namespace weir
