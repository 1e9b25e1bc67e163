// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/template_octets.h"

#include "collect/decode/octet_cursor.h"

namespace weir::collect {

namespace {

constexpr uint8_t VERSION = 1;
constexpr size_t FIELD_OCTETS = 8;

void put(std::vector<uint8_t>& octets, uint64_t value, size_t width) {
  for (size_t shift = width; shift-- > 0;)
    octets.push_back(static_cast<uint8_t>(value >> (8 * shift)));
}

}  // namespace

std::vector<uint8_t> templateOctets(const TemplateDefinition& definition) {
  std::vector<uint8_t> octets;
  put(octets, VERSION, 1);
  put(octets, static_cast<uint64_t>(definition.kind), 1);
  put(octets, definition.scopeFields, 2);
  for (const FieldSpec& field : definition.fields) {
    put(octets, field.enterprise, 4);
    put(octets, field.element, 2);
    put(octets, field.length, 2);
  }
  return octets;
}

std::optional<TemplateDefinition> readTemplateOctets(uint16_t id, std::span<const uint8_t> octets) {
  OctetCursor at(octets);
  if (at.take8() != VERSION) return std::nullopt;
  const uint8_t kind = at.take8();
  if (kind > static_cast<uint8_t>(TemplateKind::OPTIONS)) return std::nullopt;
  TemplateDefinition definition{
      .id = id, .kind = static_cast<TemplateKind>(kind), .scopeFields = at.take16(), .fields = {}};
  if (at.left().size() % FIELD_OCTETS != 0 || at.left().size() / FIELD_OCTETS > UINT16_MAX)
    return std::nullopt;
  while (!at.left().empty()) {
    const uint32_t enterprise = at.take32();
    const uint16_t element = at.take16();
    definition.fields.push_back({enterprise, element, at.take16()});
  }
  const bool isWhole = !at.failed() && definition.scopeFields <= definition.fields.size();
  return isWhole ? std::optional(std::move(definition)) : std::nullopt;
}

}  // namespace weir::collect
