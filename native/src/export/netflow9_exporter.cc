// SPDX-License-Identifier: Apache-2.0
#include "export/netflow9_exporter.h"

#include <iterator>

#include "export/template_encoder.h"

namespace weir {

namespace {

// RFC 3954: header 5.1, template FlowSet 5.2 (id 0), options template FlowSet 6.1 (id 1).
constexpr size_t HEADER_BYTES = 20;
constexpr size_t SET_HEADER_BYTES = 4;
constexpr size_t PADDING_BYTES = 3;
constexpr uint16_t TEMPLATE_SET = 0;
constexpr uint16_t OPTIONS_TEMPLATE_SET = 1;

void putFields(WireWriter& out, std::span<const TemplateField> fields) {
  for (const TemplateField& field : fields) {
    out.put16(field.element);
    out.put16(field.lengthBytes);
  }
}

constexpr size_t fieldBytes(std::span<const TemplateField> fields) { return fields.size() * 4; }

}  // namespace

Netflow9Exporter::Netflow9Exporter(std::unique_ptr<MessageSender> sender, Netflow9Options options)
    : DatagramExporter(std::move(sender)), options_(std::move(options)), length_(HEADER_BYTES) {}

void Netflow9Exporter::tick(int64_t nowNs) {
  DatagramExporter::tick(nowNs);
  const bool clockSetBack = nowNs < announcedNs_;
  const bool due = !announced_ || clockSetBack || nowNs - announcedNs_ >= options_.refreshNs ||
                   datagramsSinceAnnouncement_ >= options_.refreshDatagrams;
  if (due) announce();
}

void Netflow9Exporter::setApplications(const std::vector<ApplicationRow>& rows) {
  options_.applications = rows;
  if (announced_) announce();
}

void Netflow9Exporter::announce() {
  flush();
  writeTemplates();
  writeApplicationTable();
  sendDatagram();
  flush();
  announced_ = true;
  announcedNs_ = exportTimeNs();
  datagramsSinceAnnouncement_ = 0;
}

void Netflow9Exporter::writeTemplates() {
  const auto putTemplate = [&](uint16_t id, std::span<const TemplateField> fields) {
    const size_t bytes = 4 + fieldBytes(fields);
    reserve(TEMPLATE_SET, bytes);
    WireWriter out = nextRecord(bytes);
    out.put16(id);
    out.put16(fields.size());
    putFields(out, fields);
  };
  putTemplate(NETFLOW9_FLOW_IPV4_ID, NETFLOW9_FLOW_IPV4);
  putTemplate(NETFLOW9_FLOW_IPV6_ID, NETFLOW9_FLOW_IPV6);
}

void Netflow9Exporter::writeApplicationTable() {
  const std::span<const TemplateField> scope = NETFLOW9_APPLICATION_TABLE_SCOPE;
  const std::span<const TemplateField> fields = NETFLOW9_APPLICATION_TABLE;
  const size_t templateBytes = 6 + fieldBytes(scope) + fieldBytes(fields);
  reserve(OPTIONS_TEMPLATE_SET, templateBytes);
  WireWriter out = nextRecord(templateBytes);
  out.put16(NETFLOW9_APPLICATION_TABLE_ID);
  out.put16(fieldBytes(scope));  // in octets, unlike the field count of templates
  out.put16(fieldBytes(fields));
  putFields(out, scope);
  putFields(out, fields);

  constexpr size_t ROW_BYTES =
      recordBytes(NETFLOW9_APPLICATION_TABLE_SCOPE) + recordBytes(NETFLOW9_APPLICATION_TABLE);
  for (const ApplicationRow& row : options_.applications) {
    reserve(NETFLOW9_APPLICATION_TABLE_ID, ROW_BYTES);
    WireWriter rowOut = nextRecord(ROW_BYTES);
    rowOut.put32(0);  // scope System
    rowOut.put32(applicationId(row.selector));
    rowOut.putPadded(row.name.data(), row.name.size(), NETFLOW9_APPLICATION_TABLE[1].lengthBytes);
    rowOut.putPadded(row.description.data(), row.description.size(),
                     NETFLOW9_APPLICATION_TABLE[2].lengthBytes);
  }
}

void Netflow9Exporter::writeDirection(const FlowRecord& record, const DirectionRecord& direction) {
  const EncodedFlow flow{record, direction, upTimeMs(direction.startMs * NS_A_MS),
                         upTimeMs(direction.endMs * NS_A_MS)};
  const auto encode = [&]<const auto & FIELDS>(uint16_t templateId) {
    constexpr size_t BYTES = recordBytes(FIELDS);
    reserve(templateId, BYTES);
    WireWriter out = nextRecord(BYTES);
    encodeRecord<FIELDS>(flow, out);
  };
  if (record.ipVersion == 4) {
    encode.template operator()<NETFLOW9_FLOW_IPV4>(NETFLOW9_FLOW_IPV4_ID);
  } else {
    encode.template operator()<NETFLOW9_FLOW_IPV6>(NETFLOW9_FLOW_IPV6_ID);
  }
  noteRecord(direction);
}

/// Makes sure that a record of this set fits: opens the set, after sending what fills the datagram.
void Netflow9Exporter::reserve(uint16_t setId, size_t recordBytes) {
  const bool sameSet = setStart_ != 0 && setId_ == setId;
  const size_t needed =
      recordBytes + PADDING_BYTES + (sameSet ? 0 : PADDING_BYTES + SET_HEADER_BYTES);
  if (length_ + needed > buffer_.size()) sendDatagram();
  if (setStart_ == 0 || setId_ != setId) openSet(setId);
}

void Netflow9Exporter::openSet(uint16_t setId) {
  closeSet();
  setStart_ = length_;
  setId_ = setId;
  length_ += SET_HEADER_BYTES;
}

void Netflow9Exporter::closeSet() {
  if (setStart_ == 0) return;
  while (length_ % 4 != 0) buffer_[length_++] = 0;
  WireWriter out(buffer_.data() + setStart_);
  out.put16(setId_);
  out.put16(length_ - setStart_);  // RFC 3954 5.3: padding counts
  setStart_ = 0;
}

WireWriter Netflow9Exporter::nextRecord(size_t recordBytes) {
  WireWriter out(buffer_.data() + length_);
  length_ += recordBytes;
  ++headerCount_;
  return out;
}

size_t Netflow9Exporter::finishDatagram() {
  closeSet();
  // Rounded up, so that no record ends after the export time; sysUpTime is that of the same second.
  const int64_t seconds = (exportTimeNs() + 999'999'999) / 1'000'000'000;
  WireWriter out(buffer_.data());
  out.put16(9);
  out.put16(headerCount_);
  out.put32(upTimeMs(seconds * 1'000'000'000));
  out.put32(seconds);
  out.put32(sequence_++);
  out.put32(options_.sourceId);
  const size_t length = length_;
  length_ = HEADER_BYTES;
  headerCount_ = 0;
  ++datagramsSinceAnnouncement_;
  return length;
}

}  // namespace weir
