// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/record_writer.h"

#include <algorithm>

#include "collect/decode/octet_order.h"

namespace weir::collect {

namespace {

/// RFC 3954 5.3: a set is padded to 4 octets at most.
constexpr ptrdiff_t LONGEST_PADDING = 3;

uint64_t multiplied(uint64_t value, uint64_t factor, bool& saturated) {
  uint64_t product = 0;
  if (!__builtin_mul_overflow(value, factor, &product)) return product;
  saturated = true;
  return UINT64_MAX;
}

/// As people write it: classification engine and selector.
std::string idText(uint64_t applicationId) {
  constexpr uint64_t SELECTOR = (uint64_t{1} << 56U) - 1;
  return "applicationId " + std::to_string(applicationId >> 56U) + ":" +
         std::to_string(applicationId & SELECTOR);
}

bool isZero(const uint8_t* from, const uint8_t* end) {
  return std::all_of(from, end, [](uint8_t octet) { return octet == 0; });
}

}  // namespace

void RecordScratch::reset(size_t records) {
  const auto zero = [records](auto& entries) {
    if (entries.size() < records) entries.resize(records);
    std::fill_n(entries.begin(), records, 0);
  };
  zero(samplerId);
  zero(samplingInterval);
  zero(samplingPacketInterval);
  zero(samplingPacketSpace);
  zero(applicationId);
  zero(commonPropertiesId);
  zero(startUptime);
  zero(endUptime);
  zero(systemInit);
  zero(durationMicroseconds);
}

RecordWriter::RecordWriter(DecodeCounters& counters, BiflowRows biflows)
    : counters_(counters), biflows_(biflows) {
  for (size_t i = 0; i < protocols_.size(); ++i) protocols_[i].text = EXPORT_PROTOCOL_NAMES[i];
}

size_t RecordWriter::write(const Template& form, const RecordSet& set, FlowColumns& to) {
  const size_t from = to.rows;
  const size_t records =
      form.isVariable || form.hasEvents ? writeEach(form, set, to) : writeFixed(form, set, to);
  if (to.rows == from) return records;
  complete(form, set, from, to);
  return records;
}

size_t RecordWriter::writeFixed(const Template& form, const RecordSet& set, FlowColumns& to) {
  const auto octets = static_cast<size_t>(set.end - set.begin);
  const size_t count = octets / form.recordLength;
  const size_t rest = octets % form.recordLength;
  if (rest > LONGEST_PADDING && !isZero(set.end - rest, set.end))
    counters_.add(DecodeCount::malformedRecord);
  if (form.isEmpty) {
    counters_.add(DecodeCount::recordsWithoutFlow, count);
    return count;
  }
  to.reserve(count * 2);
  scratch_.reset(count);
  const RecordRun run{to, scratch_, set.time, to.rows, 0, count, form.recordLength};
  for (const FieldStep& step : form.steps) step.read(run, set.begin + step.offset, step.length);
  to.rows += count;
  if (form.reverse == 0) return count;
  resetReverse(form, count);
  const RecordRun back{reverse_, scratch_, set.time, 0, 0, count, form.recordLength};
  for (const FieldStep& step : form.reverseSteps)
    step.read(back, set.begin + step.offset, step.length);
  reverse_.rows = count;
  return count;
}

size_t RecordWriter::writeEach(const Template& form, const RecordSet& set, FlowColumns& to) {
  const size_t most = static_cast<size_t>(set.end - set.begin) / form.recordLength;
  to.reserve(most * 2);
  scratch_.reset(most);
  resetReverse(form, most);
  const size_t from = to.rows;
  size_t records = 0;
  const uint8_t* at = set.begin;
  while (static_cast<size_t>(set.end - at) >= form.recordLength) {
    if (set.end - at <= LONGEST_PADDING && isZero(at, set.end)) break;
    const size_t length = placeFields(form.definition, at, set.end, places_);
    if (length == 0) break;
    ++records;
    if (form.isEmpty) {
      counters_.add(DecodeCount::recordsWithoutFlow);
    } else if (form.hasEvents && !countsTraffic(form, at)) {
      counters_.add(DecodeCount::eventsWithoutTraffic);
    } else {
      writeOne(form, {set, at, to.rows - from}, to);
    }
    at += length;
  }
  if (!isZero(at, set.end)) counters_.add(DecodeCount::malformedRecord);
  return records;
}

void RecordWriter::resetReverse(const Template& form, size_t records) {
  if (form.reverse == 0) return;
  reverse_.clear();
  reverse_.reserve(records);
}

void RecordWriter::writeOne(const Template& form, const OneRecord& record, FlowColumns& to) {
  const auto read = [&](const std::vector<FieldStep>& steps, FlowColumns& columns) {
    const RecordRun run{columns, scratch_, record.set.time, columns.rows, record.entry, 1, 0};
    for (const FieldStep& step : steps) {
      const FieldPlace place = places_[step.fieldIndex];
      if (place.length > 0) step.read(run, record.begin + place.offset, place.length);
    }
    ++columns.rows;
  };
  read(form.steps, to);
  if (form.reverse != 0) read(form.reverseSteps, reverse_);
}

/// A denied connection is worth a row though it has none.
bool RecordWriter::countsTraffic(const Template& form, const uint8_t* record) const {
  constexpr uint64_t FLOW_DENIED = 3;
  const auto value = [&](uint16_t field) {
    return loadAny(record + places_[field].offset, places_[field].length);
  };
  if (form.firewallEventField && value(*form.firewallEventField) == FLOW_DENIED) return true;
  return std::any_of(form.counterFields.begin(), form.counterFields.end(),
                     [&](uint16_t field) { return value(field) != 0; });
}

void RecordWriter::complete(const Template& form, const RecordSet& set, size_t from,
                            FlowColumns& to) {
  writeOrigin(set, from, to);
  if (form.needsSysUptime && !set.time.hasSysUptime) forgetTimes(from, to);
  if (form.hasUptimes) resolveUptimes(set, from, to);
  if (form.hasDuration) resolveDurations(from, to);
  completeTimes(set, from, to);
  completeIcmp(form, from, to);
  undoSampling(form, set, from, to);
  if (form.hasApplicationId) nameApplications(set, from, to);
  nameUnknown(from, to);
  nameInterfaces(set, from, to);
  if (form.reverse == 0) return;
  if (biflows_ == BiflowRows::SPLIT) {
    splitBiflows(form, set, from, to);
  } else {
    keepReverse(from, to);
  }
}

void RecordWriter::writeOrigin(const RecordSet& set, size_t from, FlowColumns& to) {
  const size_t count = to.rows - from;
  const auto fill = [&](auto& column, const auto& value) {
    std::fill_n(column.begin() + static_cast<ptrdiff_t>(from), count, value);
  };
  const ExporterDomain& domain = set.domain;
  fill(to.receivedMilliseconds, set.time.receivedMilliseconds);
  fill(to.exporterAddress, domain.exporterAddress);
  fill(to.exportProtocol, to.names.idOf(protocols_[static_cast<size_t>(domain.protocol)]));
  fill(to.observationDomainId, domain.observationDomainId);
}

/// They count from a start that nobody told: the time of export is what is known.
void RecordWriter::forgetTimes(size_t from, FlowColumns& to) {
  for (size_t row = from; row < to.rows; ++row) {
    to.flowStartMilliseconds[row] = 0;
    to.flowEndMilliseconds[row] = 0;
  }
}

void RecordWriter::resolveUptimes(const RecordSet& set, size_t from, FlowColumns& to) {
  for (size_t row = from, i = 0; row < to.rows; ++row, ++i) {
    const auto sysUptime =
        static_cast<uint32_t>(set.time.exportMilliseconds - scratch_.systemInit[i]);
    const auto at = [&](uint32_t uptime) {
      return set.time.exportMilliseconds - static_cast<int32_t>(sysUptime - uptime);
    };
    if (to.flowStartMilliseconds[row] == 0)
      to.flowStartMilliseconds[row] = at(scratch_.startUptime[i]);
    if (to.flowEndMilliseconds[row] == 0) to.flowEndMilliseconds[row] = at(scratch_.endUptime[i]);
  }
}

void RecordWriter::resolveDurations(size_t from, FlowColumns& to) {
  for (size_t row = from, i = 0; row < to.rows; ++row, ++i) {
    const auto duration = static_cast<int64_t>(scratch_.durationMicroseconds[i] / 1000);
    int64_t& start = to.flowStartMilliseconds[row];
    int64_t& end = to.flowEndMilliseconds[row];
    if (start == 0 && end != 0) start = end - duration;
    if (end == 0 && start != 0) end = start + duration;
  }
}

void RecordWriter::undoSampling(const Template& form, const RecordSet& set, size_t from,
                                FlowColumns& to) {
  const ExporterDomain& domain = set.domain;
  const bool isOne = !form.hasSampling && domain.options.samplingOfInterface.empty();
  if (isOne) return applySampling(set, from, intervalOf(domain, SIZE_MAX, 0), to);
  for (size_t row = from, i = 0; row < to.rows; ++row, ++i) {
    const uint64_t interval =
        uint64_t{intervalOf(domain, i, to.ingressInterface[row])} * set.weight();
    multiply(row, interval, to);
  }
  set.domain.statistics.samplingInterval = to.samplingInterval[to.rows - 1];
}

void RecordWriter::applySampling(const RecordSet& set, size_t from, uint32_t interval,
                                 FlowColumns& to) {
  const uint64_t factor = uint64_t{interval} * set.weight();
  set.domain.statistics.samplingInterval = interval;
  if (factor != 1) {
    for (size_t row = from; row < to.rows; ++row) multiply(row, factor, to);
    return;
  }
  std::fill_n(to.samplingInterval.begin() + static_cast<ptrdiff_t>(from), to.rows - from, 1U);
}

void RecordWriter::multiply(size_t row, uint64_t interval, FlowColumns& to) {
  bool saturated = false;
  to.octets[row] = multiplied(to.octets[row], interval, saturated);
  to.packets[row] = multiplied(to.packets[row], interval, saturated);
  to.samplingInterval[row] = static_cast<uint32_t>(std::min<uint64_t>(interval, UINT32_MAX));
  if (saturated) counters_.add(DecodeCount::saturatedCounters);
}

/// The record's own interval counts first, then its sampler's, then its interface's, then the one
/// that its domain has for all. `entry` SIZE_MAX: the record tells nothing.
uint32_t RecordWriter::intervalOf(const ExporterDomain& domain, size_t entry,
                                  uint32_t ingress) const {
  const ToldOptions& told = domain.options;
  const auto find = [](const auto& table, auto key) {
    const auto found = table.find(key);
    return found == table.end() ? 0U : found->second;
  };
  uint32_t interval = 0;
  if (entry != SIZE_MAX) {
    interval = scratch_.samplingInterval[entry];
    const uint32_t taken = scratch_.samplingPacketInterval[entry];
    if (interval == 0 && taken != 0)
      interval =
          static_cast<uint32_t>((uint64_t{taken} + scratch_.samplingPacketSpace[entry]) / taken);
    if (interval == 0) interval = find(told.samplers, scratch_.samplerId[entry]);
    if (interval == 0) interval = find(told.samplingOfInterface, ingress);
  }
  if (interval == 0 && !told.samplers.empty()) interval = find(told.samplers, uint64_t{0});
  // Data that names no sampler can only mean the only one there is.
  if (interval == 0 && entry == SIZE_MAX && told.samplers.size() == 1)
    interval = told.samplers.begin()->second;
  return std::max({interval, told.headerInterval, 1U});
}

void RecordWriter::nameApplications(const RecordSet& set, size_t from, FlowColumns& to) {
  auto& known = set.domain.options.applications;
  if (known.empty()) return;
  auto& namings = set.domain.options.namings;
  for (size_t row = from, i = 0; row < to.rows; ++row, ++i) {
    const auto found = known.find(scratch_.applicationId[i]);
    if (found == known.end()) continue;
    KnownApplication& application = found->second;
    to.applicationName[row] = to.names.idOf(application.name);
    to.applicationCategory[row] = to.names.idOf(application.category);
    const auto naming = namings.find(scratch_.commonPropertiesId[i]);
    if (naming != namings.end() && naming->second.isOf(application.name.text)) {
      to.applicationSignature[row] = to.names.idOf(naming->second.rule);
      to.applicationConfidence[row] = to.names.idOf(naming->second.confidence);
      continue;
    }
    if (application.id.text.empty()) application.id = {idText(found->first)};
    to.applicationSignature[row] = to.names.idOf(application.id);
    to.applicationConfidence[row] =
        to.names.idOf(application.isFromPayload ? fromPayload_ : fromExporter_);
  }
}

void RecordWriter::nameUnknown(size_t from, FlowColumns& to) {
  const NameId unknown = to.names.idOf(unknown_);
  const NameId exporter = to.names.idOf(fromExporter_);
  for (size_t row = from; row < to.rows; ++row) {
    NameId& name = to.applicationName[row];
    NameId& confidence = to.applicationConfidence[row];
    if (name == 0) name = unknown;
    if (name == unknown) {
      confidence = 0;
      to.applicationSignature[row] = 0;
    } else if (confidence == 0) {
      confidence = exporter;
    }
  }
}

void RecordWriter::nameInterfaces(const RecordSet& set, size_t from, FlowColumns& to) {
  auto& known = set.domain.options.interfaces;
  if (known.empty()) return;
  const auto name = [&](uint32_t index) {
    const auto found = known.find(index);
    return found == known.end() ? NameId{0} : to.names.idOf(found->second);
  };
  for (size_t row = from; row < to.rows; ++row) {
    to.ingressInterfaceName[row] = name(to.ingressInterface[row]);
    to.egressInterfaceName[row] = name(to.egressInterface[row]);
  }
}

}  // namespace weir::collect
