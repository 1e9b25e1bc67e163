// SPDX-License-Identifier: Apache-2.0
#include "export/netflow9_exporter.h"

namespace weir {

namespace {

// RFC 3954: header 5.1, template FlowSet 5.2, options template FlowSet 6.1, padding 5.3.
constexpr SetFormat FORMAT{
    .headerBytes = 20, .templateSet = 0, .optionsTemplateSet = 1, .alignmentBytes = 4};
constexpr size_t FIELD_BYTES = 4;

constexpr TemplateView FLOWS[] = {
    NETFLOW9_FLOW_IPV4,
    NETFLOW9_FLOW_IPV6,
    NETFLOW9_FLOW_IPV4_ENCAPSULATED,
    NETFLOW9_FLOW_IPV6_ENCAPSULATED,
};
constexpr TemplateView SAMPLING[] = {NETFLOW9_SAMPLING, NETFLOW9_SAMPLER};
constexpr OptionsTemplates OPTIONS{.applications = NETFLOW9_APPLICATION_TABLE,
                                   .namings = NETFLOW9_NAMING,
                                   .statistics = NETFLOW9_STATISTICS,
                                   .interfaces = NETFLOW9_INTERFACES,
                                   .sampling = SAMPLING};

const FlowEncoding& encodingFor(const FlowRecord& record) {
  static constexpr FlowEncoding ENCODINGS[2][2] = {
      {encodingOf<NETFLOW9_FLOW_IPV4>(), encodingOf<NETFLOW9_FLOW_IPV4_ENCAPSULATED>()},
      {encodingOf<NETFLOW9_FLOW_IPV6>(), encodingOf<NETFLOW9_FLOW_IPV6_ENCAPSULATED>()},
  };
  return ENCODINGS[record.ipVersion == 4 ? 0 : 1][isEncapsulated(record) ? 1 : 0];
}

}  // namespace

Netflow9Exporter::Netflow9Exporter(std::unique_ptr<MessageSender> sender,
                                   TemplateExporterOptions options)
    : TemplateExporter(std::move(sender), FORMAT, std::move(options)) {}

void Netflow9Exporter::write(const FlowRecord& record) {
  noteTime(record.endNs);
  introduce(record.application);
  const uint16_t naming = namingOf(record);
  const FlowEncoding& encoding = encodingFor(record);
  for (const DirectionRecord* direction : {&record.forward, &record.reverse}) {
    if (direction->packets == 0) continue;
    writeFlow(encoding, {record, *direction, *direction, bootMs(), naming});
    noteRecord(direction->packets, direction->octets);
  }
}

std::span<const TemplateView> Netflow9Exporter::flowTemplates() const { return FLOWS; }

const OptionsTemplates& Netflow9Exporter::optionsTemplates() const { return OPTIONS; }

std::span<const TemplateView> Netflow9Exporter::samplingTemplates(SamplingAlgorithm) const {
  return SAMPLING;
}

size_t Netflow9Exporter::templateBytes(const TemplateView& form) const {
  return (form.scopeFields != 0 ? 6 : 4) + form.fields.size() * FIELD_BYTES;
}

void Netflow9Exporter::putTemplate(const TemplateView& form, uint8_t* to) const {
  WireWriter out(to);
  out.put16(form.id);
  if (form.scopeFields != 0) {  // in octets, unlike the count of fields in other templates
    out.put16(form.scopeFields * FIELD_BYTES);
    out.put16((form.fields.size() - form.scopeFields) * FIELD_BYTES);
  } else {
    out.put16(form.fields.size());
  }
  for (const TemplateField& field : form.fields) {
    out.put16(field.element);
    out.put16(field.lengthBytes);
  }
}

void Netflow9Exporter::putHeader() {
  const int64_t seconds = exportTimeSeconds();
  WireWriter out(message());
  out.put16(9);
  out.put16(records());  // of all kinds, templates included
  out.put32(upTimeMs(seconds * 1000));
  out.put32(seconds);
  out.put32(sequence_++);
  out.put32(options().observationDomain);
}

void Netflow9Exporter::sessionBegan() {
  TemplateExporter::sessionBegan();
  sequence_ = 0;
}

}  // namespace weir
