// SPDX-License-Identifier: Apache-2.0
#include "collect/enrich/address_book.h"

namespace weir::collect {

namespace {

constexpr size_t IPV4_AT = MAPPED_BITS / 8;

bool neverLeaves(const Address& address) {
  if (isMappedIpv4(address)) {
    const uint8_t first = address[IPV4_AT];
    const uint8_t second = address[IPV4_AT + 1];
    const bool isLinkLocal = first == 169 && second == 254;
    const bool isMulticast = first >= 224 && first < 240;
    const bool isBroadcast = first == 255;
    return first == 0 || first == 127 || isLinkLocal || isMulticast || isBroadcast;
  }
  const bool isLinkLocal = address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
  return address[0] == 0xff || isLinkLocal;
}

}  // namespace

AddressBook::AddressBook(const EnrichmentTables& tables)
    : tables_(tables),
      countries_(tables.countryFile.get()),
      systems_(tables.asnFile.get()),
      recent_(RECENT) {
  for (const NetworkConfig& network : tables.networks)
    networks_.push_back({{network.name}, {network.role}, {network.site}});
  networks_.emplace_back();
}

const AddressFacts& AddressBook::factsOf(const Address& address) {
  Entry& entry = recent_[hashOf(address) >> 50];
  static_assert(RECENT == size_t{1} << (64 - 50));
  if (entry.address != address || entry.facts.network == nullptr)
    entry = {address, lookUp(address)};
  return entry.facts;
}

AddressFacts AddressBook::lookUp(const Address& address) {
  const uint32_t network = tables_.prefixes.find(address);
  const bool isNamed = network != PrefixTable::NONE;
  return {.network = isNamed ? &networks_[network] : &networks_.back(),
          .country = countries_.namesOf(address),
          .system = systems_.namesOf(address),
          .isOwn = (isNamed && tables_.networks[network].isOwn) || neverLeaves(address)};
}

GeoNames* AddressBook::Records::namesOf(const Address& address) {
  const uint32_t record = file_ == nullptr ? 0 : file_->recordOf(address);
  if (record == 0) return &names_.front();
  GeoNames*& names = byRecord_[record];
  if (names == nullptr) {
    const GeoFacts facts = file_->factsOf(record);
    names = &names_.emplace_back(GeoNames{{facts.country}, {facts.asName}, facts.asNumber});
  }
  return names;
}

}  // namespace weir::collect
