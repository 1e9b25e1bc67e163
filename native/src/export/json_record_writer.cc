// SPDX-License-Identifier: Apache-2.0
#include "export/json_record_writer.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstdio>
#include <utility>

#include "flow/label_text.h"

namespace weir {

namespace {

constexpr size_t BLOCK_BYTES = 64 * 1024;
constexpr int64_t MAXIMUM_AGE_NS = 1'000'000'000;
const ApplicationText UNKNOWN{"unknown", "unknown"};

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

std::shared_ptr<const ApplicationTexts> applicationTexts(const std::vector<ApplicationRow>& rows) {
  auto texts = std::make_shared<ApplicationTexts>();
  for (const ApplicationRow& row : rows) {
    texts->emplace(row.selector, ApplicationText{row.name, row.category});
  }
  return texts;
}

JsonRecordWriter::JsonRecordWriter(std::shared_ptr<RecordFile> file,
                                   std::shared_ptr<const ApplicationTexts> applications)
    : file_(std::move(file)), applications_(std::move(applications)) {
  block_.reserve(BLOCK_BYTES + 1024);
}

void JsonRecordWriter::write(const FlowRecord& record) {
  if (blockRecords_++ == 0) blockSinceNs_ = nowNs_;
  block_ += '{';
  appendAddresses(record);
  appendEncapsulation(record);
  appendLinkAddresses(record);
  appendCounters(record);
  appendApplication(record);
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
  if (record.missedStart) appendText("streamStart", "missed");
}

const ApplicationText& JsonRecordWriter::textOf(uint32_t application) const {
  const auto found = applications_->find(application);
  return found == applications_->end() ? UNKNOWN : found->second;
}

void JsonRecordWriter::appendApplication(const FlowRecord& record) {
  const ApplicationText& application = textOf(record.application);
  appendText("applicationName", application.name);
  if (record.label == nullptr) return appendText("applicationConfidence", "none");
  const FlowLabel& label = *record.label;
  appendText("applicationProtocol", textOf(label.protocol).name);
  appendText("applicationCategoryName", application.category);
  appendText("applicationConfidence", confidenceName(label.confidence));
  appendText("applicationRule", application.name + ruleText(label));
  appendNumber("applicationPackets", label.packets);
  if (label.facts != nullptr) appendFacts(*label.facts);
}

void JsonRecordWriter::appendFacts(const FlowFacts& facts) {
  appendUnlessEmpty("serverName", facts.serverName);
  appendUnlessEmpty("software", facts.software);
  appendUnlessEmpty("clientName", facts.clientName);
  appendUnlessZero("tlsVersion", facts.tlsVersion);
  appendUnlessEmpty("tlsAlpn", facts.alpn);
  appendUnlessEmpty("tlsJa4", facts.ja4);
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

/// Keys, addresses, application names (checked at load) and names of servers need no escapes; what
/// a client calls itself may.
void JsonRecordWriter::appendText(const char* key, std::string_view value) {
  block_.append("\"").append(key).append("\":\"");
  for (const char octet : value) {
    if (octet == '"' || octet == '\\') block_ += '\\';
    block_ += octet;
  }
  block_.append("\",");
}

void JsonRecordWriter::appendUnlessEmpty(const char* key, const std::string& value) {
  if (!value.empty()) appendText(key, value);
}

void JsonRecordWriter::tick(int64_t nowNs) {
  const bool clockSetBack = nowNs < nowNs_;
  nowNs_ = nowNs;
  if (clockSetBack || nowNs - blockSinceNs_ >= MAXIMUM_AGE_NS) flush();
}

void JsonRecordWriter::setApplications(const std::vector<ApplicationRow>& rows) {
  applications_ = applicationTexts(rows);
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
