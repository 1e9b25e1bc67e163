// SPDX-License-Identifier: Apache-2.0
// The shape of templates as data. The templates themselves are generated (wire/templates.yaml).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir {

/// Whose number a field's element is: IANA's, IANA's for the reverse direction (RFC 5103), that of
/// the configured enterprise, or a scope type of NetFlow v9 (RFC 3954 6.1).
enum class ElementSpace : uint8_t { IANA, REVERSE, PRIVATE, SCOPE };

inline constexpr uint16_t VARIABLE_LENGTH = 65535;  ///< each record tells its own (RFC 7011 7)

struct TemplateField {
  uint16_t element;
  uint16_t lengthBytes;
  ElementSpace space = ElementSpace::IANA;
};

template <size_t N>
struct Template {
  uint16_t id;
  uint16_t scopeFields;  ///< the first fields of an options template, 0 of others
  std::array<TemplateField, N> fields;

  /// Octets of a record of the first `count` fields; no field may be of variable length.
  [[nodiscard]] constexpr size_t recordBytes(size_t count = N) const {
    size_t sum = 0;
    for (size_t i = 0; i < count; ++i) sum += fields[i].lengthBytes;
    return sum;
  }
};

/// Borrows a template whatever its size.
struct TemplateView {
  template <size_t N>
  constexpr TemplateView(const Template<N>& from)  // NOLINT: it is meant to convert
      : id(from.id), scopeFields(from.scopeFields), fields(from.fields) {}

  uint16_t id;
  uint16_t scopeFields;
  std::span<const TemplateField> fields;
};

/// An element of Weir's own and its type information (RFC 5610).
struct PrivateElement {
  uint16_t id;
  uint8_t dataType;
  uint8_t semantics;
  uint16_t units;
  uint64_t rangeBegin;
  uint64_t rangeEnd;
  const char* name;
  const char* description;
};

}  // namespace weir
