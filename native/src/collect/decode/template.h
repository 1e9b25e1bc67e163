// SPDX-License-Identifier: Apache-2.0
// A template as an exporter tells it, and compiled: a flat list of steps, each of which moves one
// field of many records into one column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "collect/decode/record_run.h"

namespace weir::collect {

/// Whose numbers a field has.
inline constexpr uint32_t IANA = 0;
/// RFC 5103 6.1: elements of the reverse direction.
inline constexpr uint32_t REVERSE_ENTERPRISE = 29305;

/// A field of a template (RFC 3954 5.2, RFC 7011 3.2).
struct FieldSpec {
  uint32_t enterprise = IANA;
  uint16_t element = 0;
  /// Octets; VARIABLE_LENGTH: each record carries it.
  uint16_t length = 0;

  bool operator==(const FieldSpec&) const = default;
};

inline constexpr uint16_t VARIABLE_LENGTH = 65535;

enum class TemplateKind : uint8_t { DATA, OPTIONS };

/// What an exporter defines.
struct TemplateDefinition {
  uint16_t id = 0;
  TemplateKind kind = TemplateKind::DATA;
  /// The first so many fields are scopes.
  uint16_t scopeFields = 0;
  std::vector<FieldSpec> fields;

  bool operator==(const TemplateDefinition&) const = default;
};

/// Moves one field of the records of a run into its column.
struct FieldStep {
  StepFunction read;
  uint16_t fieldIndex;
  /// In a record without variable lengths before it.
  uint16_t offset;
  uint16_t length;
};

/// Columns that a template fills in the reverse direction.
enum class ReverseField : uint8_t {
  COUNTERS = 1,
  START = 2,
  END = 4,
  TCP_BITS = 8,
  CLASS_OF_SERVICE = 16,
  ICMP = 32
};

struct Template {
  TemplateDefinition definition;
  /// Octets of a record; with variable lengths the least that one takes.
  size_t recordLength = 0;
  bool isVariable = false;
  /// Each record is looked at before it becomes a row: a firewall's or NAT's events count nothing.
  bool hasEvents = false;
  /// Neither addresses nor counters: no flows.
  bool isEmpty = false;
  /// Fields for ICMP's type and code; else they are in the destination port.
  bool hasIcmp = false;
  /// Its times count from the exporter's start: from the record's own element 160, or from what the
  /// header or an option says.
  bool hasUptimes = false;
  bool needsSysUptime = false;
  bool hasDuration = false;
  bool hasSampling = false;
  bool hasApplicationId = false;
  /// Bits of ReverseField.
  uint8_t reverse = 0;
  std::vector<FieldStep> steps;
  std::vector<FieldStep> reverseSteps;
  /// Fields that count octets or packets, and the one that tells a firewall's event.
  std::vector<uint16_t> counterFields;
  std::optional<uint16_t> firewallEventField;
  /// Last announced or used, since the epoch.
  int64_t usedMilliseconds = 0;
  /// When its exporter told it last, by the clock of the collector that heard it.
  int64_t toldMilliseconds = 0;
  /// Another collector heard it, not this one.
  bool isImported = false;
  /// Number of the change that brought it (Decoder::forEachTemplate).
  uint64_t change = 0;
};

/// Nothing when no record can have this form.
std::optional<Template> compileTemplate(TemplateDefinition definition);

/// Where each field of one record lies.
struct FieldPlace {
  uint32_t offset;
  uint32_t length;
};

/// Places of all fields of the record that begins at `record`, and its octets in all; 0 when it
/// does not end before `end`.
size_t placeFields(const TemplateDefinition& definition, const uint8_t* record, const uint8_t* end,
                   std::vector<FieldPlace>& places);

}  // namespace weir::collect
