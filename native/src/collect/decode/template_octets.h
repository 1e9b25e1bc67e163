// SPDX-License-Identifier: Apache-2.0
// A template's definition as octets, as collectors of a site hand it to each other: versioned, and
// the same for the same fields. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "collect/decode/template.h"

namespace weir::collect {

/// Without the template's id.
std::vector<uint8_t> templateOctets(const TemplateDefinition& definition);

/// Nothing when the octets are not whole, too many or of another version: others may have made
/// them.
std::optional<TemplateDefinition> readTemplateOctets(uint16_t id, std::span<const uint8_t> octets);

}  // namespace weir::collect
