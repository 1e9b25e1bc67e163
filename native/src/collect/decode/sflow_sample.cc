// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/sflow_sample.h"

#include <algorithm>

#include "collect/decode/field_steps.h"

namespace weir::collect {

namespace {

/// Numbers of sFlow's own flow records (enterprise 0).
enum class FlowRecordFormat : uint32_t {
  RAW_HEADER = 1,
  IPV4 = 3,
  IPV6 = 4,
  EXTENDED_SWITCH = 1001,
  EXTENDED_ROUTER = 1002,
  EXTENDED_GATEWAY = 1003
};

constexpr uint32_t INTERNAL_INTERFACE = 0x3fffffff;

/// The two upper bits tell the kind: index, discarded with a reason, number of interfaces.
uint32_t compactInterface(uint32_t value) {
  const bool isIndex = value >> 30U == 0 && value != INTERNAL_INTERFACE;
  return isIndex ? value : 0;
}

uint32_t expandedInterface(OctetCursor& at) {
  const uint32_t kind = at.take32();
  const uint32_t value = at.take32();
  return kind == 0 && value != UINT32_MAX ? value : 0;
}

Address takeAddress(OctetCursor& at) {
  constexpr uint32_t IPV4 = 1;
  constexpr uint32_t IPV6 = 2;
  Address address{};
  const uint32_t kind = at.take32();
  const auto octets = at.takeOctets(kind == IPV4 ? 4 : kind == IPV6 ? sizeof address : 0);
  if (octets.size() == 4) storeMapped(address, octets.data());
  if (octets.size() == sizeof address) std::copy(octets.begin(), octets.end(), address.begin());
  return address;
}

void takeRawHeader(FlowSample& sample, OctetCursor at) {
  const auto protocol = static_cast<HeaderProtocol>(at.take32());
  at.take32();  // length of the frame with what was cut off; the IP header knows the packet's
  at.take32();
  const uint32_t length = at.take32();
  if (!sample.packet)
    sample.packet =
        readSampledPacket(protocol, at.takeOctets(std::min<size_t>(length, at.left().size())));
}

/// sampled_ipv4 and sampled_ipv6, which agents send that have no header.
void takeAddresses(FlowSample& sample, OctetCursor at, size_t addressOctets) {
  if (sample.packet) return;
  SampledPacket packet;
  packet.octets = at.take32();
  packet.protocol = static_cast<uint8_t>(at.take32());
  const auto take = [&](Address& to) {
    const auto octets = at.takeOctets(addressOctets);
    if (octets.size() == 4) storeMapped(to, octets.data());
    if (octets.size() == sizeof to) std::copy(octets.begin(), octets.end(), to.begin());
  };
  take(packet.sourceAddress);
  take(packet.destinationAddress);
  packet.sourcePort = static_cast<uint16_t>(at.take32());
  packet.destinationPort = static_cast<uint16_t>(at.take32());
  packet.tcpFlags = static_cast<uint16_t>(at.take32());
  packet.classOfService = static_cast<uint8_t>(at.take32());
  if (!at.failed()) sample.packet = packet;
}

/// The AS path's last one is where the packet goes; without a path it stays in the router's own.
void takeGateway(FlowSample& sample, OctetCursor at) {
  sample.nextHop = takeAddress(at);
  const uint32_t own = at.take32();
  const uint32_t source = at.take32();
  at.take32();  // the neighbour it came from
  uint32_t last = own;
  uint32_t segments = at.take32();
  while (segments-- > 0 && !at.failed()) {
    at.take32();  // set or sequence
    const uint32_t count = at.take32();
    const auto path = at.takeOctets(size_t{count} * 4);
    if (path.size() >= 4) last = load32(&path[path.size() - 4]);
  }
  sample.sourceAs = source == 0 ? own : source;
  sample.destinationAs = last;
}

void takeRecord(FlowSample& sample, uint32_t format, OctetCursor at) {
  switch (static_cast<FlowRecordFormat>(format)) {
    case FlowRecordFormat::RAW_HEADER:
      return takeRawHeader(sample, at);
    case FlowRecordFormat::IPV4:
      return takeAddresses(sample, at, 4);
    case FlowRecordFormat::IPV6:
      return takeAddresses(sample, at, sizeof(Address));
    case FlowRecordFormat::EXTENDED_SWITCH:
      sample.vlanId = static_cast<uint16_t>(at.take32() & 0xfffU);
      return;
    case FlowRecordFormat::EXTENDED_ROUTER:
      sample.nextHop = takeAddress(at);
      return;
    case FlowRecordFormat::EXTENDED_GATEWAY:
      return takeGateway(sample, at);
  }
}

}  // namespace

std::optional<FlowSample> readFlowSample(SampleForm form, std::span<const uint8_t> octets) {
  const bool isExpanded = form == SampleForm::EXPANDED;
  OctetCursor at(octets);
  FlowSample sample;
  at.takeOctets(isExpanded ? 12 : 8);  // sequence number and data source
  sample.samplingRate = std::max(at.take32(), 1U);
  at.takeOctets(8);  // packets that could have been sampled, samples that the agent dropped
  sample.input = isExpanded ? expandedInterface(at) : compactInterface(at.take32());
  sample.output = isExpanded ? expandedInterface(at) : compactInterface(at.take32());
  uint32_t records = at.take32();
  while (records-- > 0 && !at.failed()) {
    const uint32_t format = at.take32();
    const uint32_t length = at.take32();
    const auto content = at.takeOctets((size_t{length} + 3) & ~size_t{3});
    if (!at.failed()) takeRecord(sample, format, OctetCursor(content.first(length)));
  }
  return at.failed() ? std::nullopt : std::optional(sample);
}

}  // namespace weir::collect
