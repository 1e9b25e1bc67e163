// SPDX-License-Identifier: Apache-2.0
// One record of options data: what an exporter tells of itself, field by field as its template
// says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "export/record_exporter.h"
#include "export/template.h"

namespace weir {

/// What names flows: rule and confidence, as texts of collectors' users.
struct NamingRow {
  uint16_t id = 0;   ///< commonPropertiesId of the records
  std::string text;  ///< see namingText()
};

/// Value of one field.
using OptionsValue = std::variant<uint64_t, std::string_view>;

/// What RFC 7011 4.1 to 4.3 want told of the metering and the exporting process.
struct ExporterStatistics {
  uint32_t observationDomain;
  const ExporterCounters& counters;
  const IgnoredTraffic& ignored;
};

/// A private element and whose it is (RFC 5610).
struct PrivateType {
  uint32_t enterpriseNumber;
  const PrivateElement& element;
};

/// What a row says for the element `number`; 0 where it says nothing.
OptionsValue optionsValue(const ApplicationRow& row, uint16_t number);
OptionsValue optionsValue(const NamingRow& row, uint16_t number);
OptionsValue optionsValue(const InterfaceRow& row, uint16_t number);
OptionsValue optionsValue(const SamplingState& state, uint16_t number);
OptionsValue optionsValue(const ExporterStatistics& statistics, uint16_t number);
OptionsValue optionsValue(const PrivateType& type, uint16_t number);

/// Texts are cut to the field's length, of variable ones to 128 octets, and never inside a UTF-8
/// sequence; fixed lengths are filled with zero octets.
void appendOption(std::vector<uint8_t>& record, uint16_t lengthBytes, const OptionsValue& value);

/// Octets of `row` with the layout `form`. Scopes of v9 are System, which has no number.
template <typename Row>
std::vector<uint8_t> encodeOptions(const TemplateView& form, const Row& row) {
  std::vector<uint8_t> record;
  for (const TemplateField& field : form.fields) {
    const bool isSystem = field.space == ElementSpace::SCOPE;
    appendOption(record, field.lengthBytes,
                 isSystem ? OptionsValue(uint64_t{0}) : optionsValue(row, field.element));
  }
  return record;
}

}  // namespace weir
