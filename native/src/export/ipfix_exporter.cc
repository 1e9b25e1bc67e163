// SPDX-License-Identifier: Apache-2.0
#include "export/ipfix_exporter.h"

namespace weir {

namespace {

// RFC 7011: header 3.1, sets 3.3.2. Padding is optional and would make nothing here easier to read.
constexpr SetFormat FORMAT{
    .headerBytes = 16, .templateSet = 2, .optionsTemplateSet = 3, .alignmentBytes = 1};
constexpr uint16_t ENTERPRISE_BIT = 0x8000;
constexpr uint32_t REVERSE_ENTERPRISE = 29305;  // RFC 5103 6.1

constexpr TemplateView SAMPLING[] = {IPFIX_SYSTEMATIC_SAMPLING, IPFIX_RANDOM_SAMPLING};
constexpr OptionsTemplates OPTIONS{.applications = IPFIX_APPLICATION_TABLE,
                                   .namings = IPFIX_NAMING,
                                   .statistics = IPFIX_STATISTICS,
                                   .interfaces = IPFIX_INTERFACES,
                                   .sampling = SAMPLING};

void addTemplates(const IpfixFamily<FlowEncoding>& family, Depth deepest,
                  std::vector<TemplateView>& forms) {
  for (const Depth depth : {Depth::PLAIN, deepest}) {
    for (const FlowEncoding& encoding : family[static_cast<size_t>(depth)])
      forms.push_back(encoding.form);
  }
}

size_t fieldBytes(const TemplateField& field) {
  const bool isEnterprise =
      field.space == ElementSpace::REVERSE || field.space == ElementSpace::PRIVATE;
  return isEnterprise ? 8 : 4;
}

}  // namespace

IpfixExporter::IpfixExporter(std::unique_ptr<MessageSender> sender, TemplateExporterOptions options,
                             FlowForm form)
    : TemplateExporter(std::move(sender), FORMAT, std::move(options)),
      form_(form),
      deepest_(this->options().enterpriseNumber == 0 ? Depth::ENCAPSULATED : Depth::PRIVATE) {
  addTemplates(UNIFLOW_ENCODINGS, deepest_, flows_);
  if (form == FlowForm::BIFLOW) addTemplates(BIFLOW_ENCODINGS, deepest_, flows_);
}

void IpfixExporter::write(const FlowRecord& record) {
  noteTime(record.endNs);
  introduce(record.application);
  const uint16_t naming = namingOf(record);
  const bool hasBoth = record.forward.packets != 0 && record.reverse.packets != 0;
  if (hasBoth && form_ == FlowForm::BIFLOW) {
    writeFlow(encodingFor(record, BIFLOW_ENCODINGS),
              {record, record.forward, record.reverse, bootMs(), naming});
    noteRecord(record.forward.packets + record.reverse.packets,
               record.forward.octets + record.reverse.octets);
    return;
  }
  const FlowEncoding& encoding = encodingFor(record, UNIFLOW_ENCODINGS);
  for (const DirectionRecord* direction : {&record.forward, &record.reverse}) {
    if (direction->packets == 0) continue;
    writeFlow(encoding, {record, *direction, *direction, bootMs(), naming});
    noteRecord(direction->packets, direction->octets);
  }
}

const FlowEncoding& IpfixExporter::encodingFor(const FlowRecord& record,
                                               const IpfixFamily<FlowEncoding>& family) const {
  const Depth depth = isEncapsulated(record) ? deepest_ : Depth::PLAIN;
  return family[static_cast<size_t>(depth)][ipfixKind(record)];
}

const OptionsTemplates& IpfixExporter::optionsTemplates() const { return OPTIONS; }

std::span<const TemplateView> IpfixExporter::samplingTemplates(SamplingAlgorithm algorithm) const {
  const bool isRandom = algorithm == SamplingAlgorithm::RANDOM_OUT_OF_N;
  return std::span(SAMPLING).subspan(isRandom ? 1 : 0, 1);
}

void IpfixExporter::announceMore() {
  if (options().enterpriseNumber == 0) return;
  if (areTemplatesDue()) writeTemplate(IPFIX_TYPE_INFORMATION);
  for (const PrivateElement& element : PRIVATE_ELEMENTS)
    writeOptions(IPFIX_TYPE_INFORMATION, PrivateType{options().enterpriseNumber, element});
}

size_t IpfixExporter::templateBytes(const TemplateView& form) const {
  size_t bytes = form.scopeFields != 0 ? 6 : 4;
  for (const TemplateField& field : form.fields) bytes += fieldBytes(field);
  return bytes;
}

void IpfixExporter::putTemplate(const TemplateView& form, uint8_t* to) const {
  WireWriter out(to);
  out.put16(form.id);
  out.put16(form.fields.size());
  if (form.scopeFields != 0) out.put16(form.scopeFields);
  for (const TemplateField& field : form.fields) {
    const bool isEnterprise = fieldBytes(field) == 8;
    out.put16(field.element | (isEnterprise ? ENTERPRISE_BIT : 0));
    out.put16(field.lengthBytes);
    if (!isEnterprise) continue;
    out.put32(field.space == ElementSpace::REVERSE ? REVERSE_ENTERPRISE
                                                   : options().enterpriseNumber);
  }
}

void IpfixExporter::putHeader() {
  WireWriter out(message());
  out.put16(10);
  out.put16(length());
  out.put32(exportTimeSeconds());
  out.put32(sequence_);  // data records before this message
  out.put32(options().observationDomain);
  sequence_ += dataRecords();
}

void IpfixExporter::sessionBegan() {
  TemplateExporter::sessionBegan();
  sequence_ = 0;
}

}  // namespace weir
