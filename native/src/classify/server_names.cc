// SPDX-License-Identifier: Apache-2.0
#include "classify/server_names.h"

#include <algorithm>
#include <bit>

namespace weir {

namespace {

constexpr size_t NAME_OCTETS_MAX = 253;  // RFC 1035 section 2.3.4, as text
constexpr size_t SLOTS_A_NAME = 2;

/// FNV-1a from the last octet to the first, so that one pass gives the hash of every suffix.
constexpr uint64_t EMPTY_HASH = 0xcbf29ce484222325;

uint64_t prepend(uint64_t hash, char octet) {
  return (hash ^ static_cast<uint8_t>(octet)) * 0x100000001b3;
}

uint64_t hashOf(std::string_view name) {
  uint64_t hash = EMPTY_HASH;
  for (size_t i = name.size(); i > 0; --i) hash = prepend(hash, name[i - 1]);
  return hash;
}

/// The product's high bits depend on all octets, its low bits do not.
size_t homeOf(uint64_t hash) { return static_cast<size_t>(hash ^ (hash >> 32)); }

}  // namespace

ServerNames::ServerNames(const SignatureSet& set)
    : slots_(std::bit_ceil(set.serverNames.size() * SLOTS_A_NAME + 1)) {
  for (size_t i = 0; i < set.serverNames.size(); ++i) {
    insert(set.serverNames[i], static_cast<uint32_t>(i));
  }
}

void ServerNames::insert(const ServerNameRule& rule, uint32_t index) {
  const std::string& name = rule.suffix;
  if (name.empty() || name.size() > NAME_OCTETS_MAX) return;
  const Extent extent = rule.isExact ? Extent::WHOLE_NAME : Extent::SUFFIX;
  const uint64_t hash = hashOf(name);
  if (lookUp(name, hash, extent) != NO_RULE) return;
  size_t at = homeOf(hash) & (slots_.size() - 1);
  while (slots_[at].rule != NO_RULE) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = {.hash = hash,
                .textOffset = static_cast<uint32_t>(text_.size()),
                .rule = index,
                .length = static_cast<uint8_t>(name.size()),
                .extent = extent};
  text_ += name;
  longest_ = std::max(longest_, name.size());
}

uint32_t ServerNames::find(std::string_view lowerCaseName) const {
  std::string_view name = lowerCaseName;
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() > NAME_OCTETS_MAX) return NO_RULE;
  uint64_t hash = EMPTY_HASH;
  uint32_t found = NO_RULE;
  for (size_t start = name.size(); start > 0 && name.size() - start < longest_;) {
    --start;
    hash = prepend(hash, name[start]);
    if (start > 0 && name[start - 1] != '.') continue;
    const uint32_t rule = lookUp(name.substr(start), hash, Extent::SUFFIX);
    if (rule != NO_RULE) found = rule;
    if (start > 0) continue;
    const uint32_t exact = lookUp(name, hash, Extent::WHOLE_NAME);
    if (exact != NO_RULE) found = exact;
  }
  return found;
}

uint32_t ServerNames::lookUp(std::string_view name, uint64_t hash, Extent extent) const {
  const size_t mask = slots_.size() - 1;
  for (size_t at = homeOf(hash) & mask; slots_[at].rule != NO_RULE; at = (at + 1) & mask) {
    if (holds(slots_[at], name, hash, extent)) return slots_[at].rule;
  }
  return NO_RULE;
}

bool ServerNames::holds(const Slot& slot, std::string_view name, uint64_t hash,
                        Extent extent) const {
  return slot.hash == hash && slot.extent == extent && slot.length == name.size() &&
         std::string_view(text_).substr(slot.textOffset, slot.length) == name;
}

}  // namespace weir
