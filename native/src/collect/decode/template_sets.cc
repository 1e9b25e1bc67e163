// SPDX-License-Identifier: Apache-2.0
// Template sets and options template sets of NetFlow v9 (RFC 3954 5.2, 6.1) and IPFIX (RFC
// 7011 3.4).
#include "collect/decode/message.h"

namespace weir::collect {

namespace {

constexpr uint16_t FIRST_TEMPLATE = 256;
constexpr uint16_t ENTERPRISE_BIT = 0x8000;

/// Reads the templates of a set one by one; `isMalformed` once one cannot be read.
class TemplateCursor {
 public:
  TemplateCursor(const RecordSet& set, TemplateKind kind)
      : at_(set.begin),
        end_(set.end),
        kind_(kind),
        isIpfix_(set.domain.protocol == ExportProtocol::IPFIX) {}

  /// The next template; one without fields is a withdrawal (RFC 7011 8.1).
  std::optional<TemplateDefinition> next() {
    // At most 3 octets of padding by the RFCs, but exporters pad a lone template with more zeros.
    if (left() < 4 || load16(at_) == 0) return std::nullopt;
    TemplateDefinition definition;
    definition.id = load16(at_);
    definition.kind = kind_;
    const bool isRead = isIpfix_ ? readIpfix(definition) : readNetflow9(definition);
    isMalformed_ = !isRead;
    return isRead ? std::optional(std::move(definition)) : std::nullopt;
  }

  [[nodiscard]] bool isMalformed() const { return isMalformed_; }

 private:
  [[nodiscard]] size_t left() const { return static_cast<size_t>(end_ - at_); }

  /// Id and field count; of options templates the octets of the scopes and of the options.
  bool readNetflow9(TemplateDefinition& definition) {
    if (definition.id < FIRST_TEMPLATE) return false;
    if (kind_ == TemplateKind::DATA) {
      const size_t count = load16(at_ + 2);
      at_ += 4;
      return count > 0 && readFields(definition, count);
    }
    if (left() < 6) return false;
    const size_t scopeOctets = load16(at_ + 2);
    const size_t octets = scopeOctets + load16(at_ + 4);
    if (scopeOctets % 4 != 0 || octets % 4 != 0 || octets == 0) return false;
    definition.scopeFields = static_cast<uint16_t>(scopeOctets / 4);
    at_ += 6;
    return readFields(definition, octets / 4);
  }

  bool readIpfix(TemplateDefinition& definition) {
    const size_t count = load16(at_ + 2);
    const bool isAll = definition.id == 2 || definition.id == 3;
    at_ += 4;
    if (count == 0) return isAll || definition.id >= FIRST_TEMPLATE;
    if (definition.id < FIRST_TEMPLATE) return false;
    if (kind_ == TemplateKind::OPTIONS) {
      if (left() < 2) return false;
      definition.scopeFields = load16(at_);
      if (definition.scopeFields == 0 || definition.scopeFields > count) return false;
      at_ += 2;
    }
    return readFields(definition, count);
  }

  bool readFields(TemplateDefinition& definition, size_t count) {
    if (left() < count * 4) return false;
    definition.fields.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      if (left() < 4) return false;
      FieldSpec field{IANA, load16(at_), load16(at_ + 2)};
      at_ += 4;
      const bool hasEnterprise = isIpfix_ && (field.element & ENTERPRISE_BIT) != 0;
      if (hasEnterprise) {
        if (left() < 4) return false;
        field.element &= static_cast<uint16_t>(~ENTERPRISE_BIT);
        field.enterprise = load32(at_);
        at_ += 4;
      }
      definition.fields.push_back(field);
    }
    return true;
  }

  const uint8_t* at_;
  const uint8_t* end_;
  TemplateKind kind_;
  bool isIpfix_;
  bool isMalformed_ = false;
};

}  // namespace

void Decoder::readTemplates(Message& message, const RecordSet& set, TemplateKind kind) {
  TemplateCursor cursor(set, kind);
  while (auto definition = cursor.next()) {
    if (definition->fields.empty()) {
      withdraw(message, definition->id, kind);
    } else {
      learn(message, std::move(*definition));
    }
  }
  if (cursor.isMalformed()) counters_.add(DecodeCount::malformedTemplate);
}

}  // namespace weir::collect
