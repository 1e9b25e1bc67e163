// SPDX-License-Identifier: Apache-2.0
// What a row needs beyond its record's fields: times that can be, ICMP at its place, and a biflow's
// other direction.
#include <algorithm>

#include "collect/decode/record_writer.h"

namespace weir::collect {

namespace {

constexpr int64_t DAY_MS = 86'400'000;
/// Flows do not last longer, and clocks do not differ by more than a day inside of one exporter.
constexpr int64_t LONGEST_PAST_MS = 400 * DAY_MS;
constexpr int64_t LONGEST_FUTURE_MS = DAY_MS;
constexpr uint8_t ICMP = 1;
constexpr uint8_t ICMPV6 = 58;

}  // namespace

/// A missing start is the end and the other way round.
void RecordWriter::completeTimes(const RecordSet& set, size_t from, FlowColumns& to) {
  const int64_t exported = set.time.exportMilliseconds;
  const int64_t earliest = exported - LONGEST_PAST_MS;
  const int64_t latest = exported + LONGEST_FUTURE_MS;
  uint64_t implausible = 0;
  for (size_t row = from; row < to.rows; ++row) {
    int64_t start = to.flowStartMilliseconds[row];
    int64_t end = to.flowEndMilliseconds[row];
    if (end == 0) end = start == 0 ? exported : start;
    if (start == 0) start = end;
    const bool isPlausible = start >= earliest && start <= end && end <= latest;
    implausible += isPlausible ? 0 : 1;
    to.flowStartMilliseconds[row] = isPlausible ? start : exported;
    to.flowEndMilliseconds[row] = isPlausible ? end : exported;
  }
  if (implausible > 0) counters_.add(DecodeCount::implausibleTimes, implausible);
}

/// v5 and v9 carry ICMP's type and code in the destination port, unless the template has fields for
/// them: they are moved to where they belong.
void RecordWriter::completeIcmp(const Template& form, size_t from, FlowColumns& to) {
  for (size_t row = from; row < to.rows; ++row) {
    const uint8_t protocol = to.protocolIdentifier[row];
    if (protocol != ICMP && protocol != ICMPV6) continue;
    if (!form.hasIcmp) to.icmpTypeCode[row] = to.destinationTransportPort[row];
    to.destinationTransportPort[row] = 0;
    to.sourceTransportPort[row] = 0;
  }
}

void RecordWriter::splitBiflows(const Template& form, const RecordSet& set, size_t from,
                                FlowColumns& to) {
  const size_t end = to.rows;
  for (size_t row = from; row < end; ++row) appendReverse(form, row, row - from, to);
  completeTimes(set, end, to);
}

void RecordWriter::appendReverse(const Template& form, size_t row, size_t entry, FlowColumns& to) {
  if (reverse_.octets[entry] == 0 && reverse_.packets[entry] == 0) return;
  to.reserve(1);
  const size_t added = to.rows++;
#define WEIR_COPY(Type, name) to.name[added] = to.name[row];
  WEIR_FLOW_COLUMNS(WEIR_COPY)
#undef WEIR_COPY
  std::swap(to.sourceAddress[added], to.destinationAddress[added]);
  std::swap(to.sourceTransportPort[added], to.destinationTransportPort[added]);
  std::swap(to.ingressInterface[added], to.egressInterface[added]);
  std::swap(to.ingressInterfaceName[added], to.egressInterfaceName[added]);
  std::swap(to.bgpSourceAsNumber[added], to.bgpDestinationAsNumber[added]);
  to.ipNextHopAddress[added] = Address{};
  to.octets[added] = reverse_.octets[entry];
  to.packets[added] = reverse_.packets[entry];
  multiply(added, to.samplingInterval[row], to);
  const auto told = [&](ReverseField field) {
    return (form.reverse & static_cast<uint8_t>(field)) != 0;
  };
  to.tcpControlBits[added] = told(ReverseField::TCP_BITS) ? reverse_.tcpControlBits[entry] : 0;
  if (told(ReverseField::CLASS_OF_SERVICE))
    to.ipClassOfService[added] = reverse_.ipClassOfService[entry];
  if (told(ReverseField::ICMP)) to.icmpTypeCode[added] = reverse_.icmpTypeCode[entry];
  if (told(ReverseField::START) && reverse_.flowStartMilliseconds[entry] != 0)
    to.flowStartMilliseconds[added] = reverse_.flowStartMilliseconds[entry];
  if (told(ReverseField::END) && reverse_.flowEndMilliseconds[entry] != 0)
    to.flowEndMilliseconds[added] = reverse_.flowEndMilliseconds[entry];
}

void RecordWriter::keepReverse(size_t from, FlowColumns& to) {
  for (size_t row = from, i = 0; row < to.rows; ++row, ++i) {
    const uint64_t interval = to.samplingInterval[row];
    const auto scaled = [interval](uint64_t value) {
      return interval != 0 && value > UINT64_MAX / interval ? UINT64_MAX : value * interval;
    };
    to.reverseOctets[row] = scaled(reverse_.octets[i]);
    to.reversePackets[row] = scaled(reverse_.packets[i]);
  }
}

}  // namespace weir::collect
