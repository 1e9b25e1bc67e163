// SPDX-License-Identifier: Apache-2.0
// sFlow v5: each flow sample is one packet out of so many, and becomes one row.
#include "collect/decode/message.h"
#include "collect/decode/octet_cursor.h"
#include "collect/decode/sflow_sample.h"

namespace weir::collect {

namespace {

/// Numbers of sFlow's own samples (enterprise 0).
enum class SampleFormat : uint32_t {
  FLOW = 1,
  COUNTERS = 2,
  EXPANDED_FLOW = 3,
  EXPANDED_COUNTERS = 4
};

void writeRow(const FlowSample& sample, int64_t now, FlowColumns& to) {
  const SampledPacket& packet = *sample.packet;
  to.reserve(1);
  const size_t row = to.rows++;
  to.flowStartMilliseconds[row] = now;
  to.flowEndMilliseconds[row] = now;
  to.sourceAddress[row] = packet.sourceAddress;
  to.destinationAddress[row] = packet.destinationAddress;
  to.ipNextHopAddress[row] = sample.nextHop;
  to.sourceTransportPort[row] = packet.sourcePort;
  to.destinationTransportPort[row] = packet.destinationPort;
  to.protocolIdentifier[row] = packet.protocol;
  to.vlanId[row] = packet.vlanId != 0 ? packet.vlanId : sample.vlanId;
  to.ingressInterface[row] = sample.input;
  to.egressInterface[row] = sample.output;
  to.ipClassOfService[row] = packet.classOfService;
  to.tcpControlBits[row] = packet.tcpFlags;
  to.icmpTypeCode[row] = packet.icmpTypeCode;
  to.bgpSourceAsNumber[row] = sample.sourceAs;
  to.bgpDestinationAsNumber[row] = sample.destinationAs;
  to.octets[row] = packet.octets;
  to.packets[row] = 1;
}

}  // namespace

/// Version, the agent's address, its sub-agent, sequence number, uptime, count of samples.
void Decoder::decodeSflow(Message& message) {
  constexpr uint32_t IPV6 = 2;
  OctetCursor at(message.datagram.octets);
  at.take32();
  at.takeOctets(at.take32() == IPV6 ? sizeof(Address) : 4);
  const uint32_t subAgent = at.take32();
  const uint32_t sequence = at.take32();
  const uint32_t sysUptime = at.take32();
  uint32_t samples = at.take32();
  if (at.failed()) return counters_.add(DecodeCount::truncatedHeader);
  if (!enter(message, ExportProtocol::SFLOW5, subAgent)) return;
  message.time.exportMilliseconds = message.time.receivedMilliseconds;
  noteSequence(message, {sequence, sysUptime}, 1);
  const size_t from = message.to.rows;
  while (samples-- > 0) {
    const uint32_t format = at.take32();
    const auto content = at.takeOctets(at.take32());
    if (at.failed()) {
      counters_.add(DecodeCount::truncatedDatagram);
      break;
    }
    takeSample(message, format, content);
  }
  if (message.to.rows > from) {
    const RecordSet rows = message.set(message.begin(), message.end());
    writer_.writeOrigin(rows, from, message.to);
    writer_.nameUnknown(from, message.to);
    finishRows(message, rows, from);
  }
}

void Decoder::takeSample(Message& message, uint32_t format, std::span<const uint8_t> octets) {
  const auto kind = static_cast<SampleFormat>(format);
  if (kind == SampleFormat::COUNTERS || kind == SampleFormat::EXPANDED_COUNTERS)
    return counters_.add(DecodeCount::counterSamples);
  if (kind != SampleFormat::FLOW && kind != SampleFormat::EXPANDED_FLOW)
    return counters_.add(DecodeCount::unknownSamples);
  const auto sample = readFlowSample(
      kind == SampleFormat::FLOW ? SampleForm::COMPACT : SampleForm::EXPANDED, octets);
  if (!sample) return counters_.add(DecodeCount::malformedSample);
  if (!sample->packet) return counters_.add(DecodeCount::undecodedHeaders);
  const size_t row = message.to.rows;
  writeRow(*sample, message.time.receivedMilliseconds, message.to);
  writer_.applySampling(message.set(message.begin(), message.end()), row, sample->samplingRate,
                        message.to);
}

}  // namespace weir::collect
