// SPDX-License-Identifier: Apache-2.0
#include "export/json_record_writer.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstdio>
#include <utility>

namespace weir {

namespace {

constexpr size_t BLOCK_BYTES = 64 * 1024;
constexpr int64_t MAXIMUM_AGE_NS = 1'000'000'000;
const std::string UNKNOWN = "unknown";

std::string addressText(const IpAddress& address, uint8_t ipVersion) {
  char text[INET6_ADDRSTRLEN];
  const bool v4 = ipVersion == 4;
  inet_ntop(v4 ? AF_INET : AF_INET6, address.data() + (v4 ? 12 : 0), text, sizeof text);
  return text;
}

bool isIcmp(const FlowRecord& record) { return record.protocol == 1 || record.protocol == 58; }

std::string macText(const MacAddress& address) {
  char text[18];
  std::snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", address[0], address[1],
                address[2], address[3], address[4], address[5]);
  return text;
}

const char* tunnelName(Tunnel tunnel) {
  switch (tunnel) {
    case Tunnel::GRE:
      return "gre";
    case Tunnel::IP_IN_IP:
      return "ipip";
    case Tunnel::VXLAN:
      return "vxlan";
    case Tunnel::GENEVE:
      return "geneve";
    case Tunnel::GTP_U:
      return "gtpu";
    case Tunnel::NONE:
      break;
  }
  return "none";
}

}  // namespace

std::shared_ptr<const ApplicationNames> applicationNames(const std::vector<ApplicationRow>& rows) {
  auto names = std::make_shared<ApplicationNames>();
  for (const ApplicationRow& row : rows) names->emplace(row.selector, row.name);
  return names;
}

JsonRecordWriter::JsonRecordWriter(std::shared_ptr<RecordFile> file,
                                   std::shared_ptr<const ApplicationNames> names)
    : file_(std::move(file)), names_(std::move(names)) {
  block_.reserve(BLOCK_BYTES + 1024);
}

void JsonRecordWriter::write(const FlowRecord& record) {
  if (blockRecords_++ == 0) blockSinceNs_ = nowNs_;
  block_ += '{';
  appendAddresses(record);
  appendEncapsulation(record);
  appendLinkAddresses(record);
  appendCounters(record);
  const auto name = names_->find(record.application);
  appendText("applicationName", name == names_->end() ? UNKNOWN : name->second);
  block_.back() = '}';
  block_ += '\n';
  ++counters_.records;
  counters_.packets += record.forward.packets + record.reverse.packets;
  counters_.octets += record.forward.octets + record.reverse.octets;
  if (block_.size() >= BLOCK_BYTES) flush();
}

void JsonRecordWriter::appendAddresses(const FlowRecord& record) {
  const bool v4 = record.ipVersion == 4;
  const DirectionRecord& forward = record.forward;
  appendText(v4 ? "sourceIPv4Address" : "sourceIPv6Address",
             addressText(*forward.sourceAddress, record.ipVersion));
  appendText(v4 ? "destinationIPv4Address" : "destinationIPv6Address",
             addressText(*forward.destinationAddress, record.ipVersion));
  // The type and code stand in an element of their own here, so the ports stay what they are: none.
  appendNumber("sourceTransportPort", isIcmp(record) ? 0 : forward.sourcePort);
  appendNumber("destinationTransportPort", isIcmp(record) ? 0 : forward.destinationPort);
  appendNumber("protocolIdentifier", record.protocol);
  if (!isIcmp(record)) return;
  appendNumber(v4 ? "icmpTypeCodeIPv4" : "icmpTypeCodeIPv6", record.forward.icmpTypeCode);
  if (record.reverse.packets == 0) return;  // an echo reply is 0, too
  appendNumber(v4 ? "reverseIcmpTypeCodeIPv4" : "reverseIcmpTypeCodeIPv6",
               record.reverse.icmpTypeCode);
}

/// What few records have: a reader takes an absent key for none.
void JsonRecordWriter::appendEncapsulation(const FlowRecord& record) {
  appendUnlessZero("vlanId", record.vlanId);
  appendUnlessZero("dot1qCustomerVlanId", record.customerVlanId);
  appendUnlessZero("mplsTopLabelStackSection", record.forward.mplsTopLabel);
  appendUnlessZero("reverseMplsTopLabelStackSection", record.reverse.mplsTopLabel);
  if (record.tunnel == Tunnel::NONE) return;
  appendText("tunnel", tunnelName(record.tunnel));
  appendUnlessZero("layer2SegmentId", record.segmentId);
  appendNumber("outerOctetDeltaCount", record.forward.outerOctets);
  appendNumber("reverseOuterOctetDeltaCount", record.reverse.outerOctets);
}

void JsonRecordWriter::appendLinkAddresses(const FlowRecord& record) {
  if (record.forward.sourceMac == nullptr) return;
  appendText("sourceMacAddress", macText(*record.forward.sourceMac));
  appendText("destinationMacAddress", macText(*record.forward.destinationMac));
}

void JsonRecordWriter::appendCounters(const FlowRecord& record) {
  appendNumber("flowStartMilliseconds", static_cast<uint64_t>(record.startNs / 1'000'000));
  appendNumber("flowEndMilliseconds", static_cast<uint64_t>(record.endNs / 1'000'000));
  appendNumber("flowEndReason", static_cast<uint64_t>(record.endReason));
  appendNumber("octetDeltaCount", record.forward.octets);
  appendNumber("packetDeltaCount", record.forward.packets);
  appendNumber("tcpControlBits", record.forward.tcpFlags);
  appendNumber("ipClassOfService", record.forward.ipClassOfService);
  appendUnlessZero("ipTTL", record.forward.ipTimeToLive);
  appendNumber("reverseOctetDeltaCount", record.reverse.octets);
  appendNumber("reversePacketDeltaCount", record.reverse.packets);
  appendNumber("reverseTcpControlBits", record.reverse.tcpFlags);
  appendUnlessZero("reverseIpClassOfService", record.reverse.ipClassOfService);
  appendUnlessZero("reverseIpTTL", record.reverse.ipTimeToLive);
}

// Every member ends with a comma; the last one's becomes the closing brace.
void JsonRecordWriter::appendNumber(const char* key, uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  block_.append("\"").append(key).append("\":").append(digits, end).append(",");
}

void JsonRecordWriter::appendUnlessZero(const char* key, uint64_t value) {
  if (value != 0) appendNumber(key, value);
}

// Keys, addresses and application names (checked at load) need no escapes.
void JsonRecordWriter::appendText(const char* key, const std::string& value) {
  block_.append("\"").append(key).append("\":\"").append(value).append("\",");
}

void JsonRecordWriter::tick(int64_t nowNs) {
  const bool clockSetBack = nowNs < nowNs_;
  nowNs_ = nowNs;
  if (clockSetBack || nowNs - blockSinceNs_ >= MAXIMUM_AGE_NS) flush();
}

void JsonRecordWriter::setApplications(const std::vector<ApplicationRow>& rows) {
  names_ = applicationNames(rows);
}

void JsonRecordWriter::finish() {
  flush();
  counters_.sender.failedRecords += file_->finish();
}

ExporterCounters JsonRecordWriter::counters() const {
  ExporterCounters counters = counters_;
  if (blockRecords_ != 0) counters.lagNs = ageNs(blockSinceNs_, nowNs_);
  return counters;
}

void JsonRecordWriter::flush() {
  if (blockRecords_ == 0) return;
  counters_.sender.failedRecords += file_->write(block_);
  block_.clear();
  blockRecords_ = 0;
}

}  // namespace weir
