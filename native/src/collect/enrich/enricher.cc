// SPDX-License-Identifier: Apache-2.0
#include "collect/enrich/enricher.h"

#include <algorithm>
#include <utility>

namespace weir::collect {

namespace {

/// What an exporter with 16 bits writes for a number that does not fit (RFC 6793).
constexpr uint32_t AS_TRANS = 23'456;

/// The columns of one of a flow's two ends.
struct EndColumns {
  std::vector<Address> FlowColumns::*address;
  std::vector<NameId> FlowColumns::*network;
  std::vector<NameId> FlowColumns::*role;
  std::vector<NameId> FlowColumns::*site;
  std::vector<NameId> FlowColumns::*country;
  std::vector<uint32_t> FlowColumns::*asNumber;
  std::vector<NameId> FlowColumns::*asName;
};

constexpr EndColumns SOURCE = {
    &FlowColumns::sourceAddress, &FlowColumns::sourceNetwork, &FlowColumns::sourceRole,
    &FlowColumns::sourceSite,    &FlowColumns::sourceCountry, &FlowColumns::bgpSourceAsNumber,
    &FlowColumns::sourceAsName,
};
constexpr EndColumns DESTINATION = {
    &FlowColumns::destinationAddress, &FlowColumns::destinationNetwork,
    &FlowColumns::destinationRole,    &FlowColumns::destinationSite,
    &FlowColumns::destinationCountry, &FlowColumns::bgpDestinationAsNumber,
    &FlowColumns::destinationAsName,
};

/// Puts in what is known of one end; true when the end is the operator's.
template <const EndColumns& END>
bool describeEnd(FlowColumns& columns, size_t row, AddressBook& book) {
  ChunkNames& names = columns.names;
  const AddressFacts& facts = book.factsOf((columns.*END.address)[row]);
  (columns.*END.network)[row] = names.idOf(facts.network->name);
  (columns.*END.role)[row] = names.idOf(facts.network->role);
  (columns.*END.site)[row] = names.idOf(facts.network->site);
  (columns.*END.country)[row] = names.idOf(facts.country->country);
  uint32_t& asNumber = (columns.*END.asNumber)[row];
  if (asNumber == 0 || asNumber == AS_TRANS) asNumber = facts.system->asNumber;
  // The file's name is for the file's number; what the exporter says may be another.
  if (asNumber != 0 && asNumber == facts.system->asNumber)
    (columns.*END.asName)[row] = names.idOf(facts.system->asName);
  return facts.isOwn;
}

bool holds(const std::vector<uint32_t>& sorted, uint32_t value) {
  return sorted.empty() || std::binary_search(sorted.begin(), sorted.end(), value);
}

}  // namespace

Enricher::Enricher(std::shared_ptr<const EnrichmentTables> tables) { use(std::move(tables)); }

void Enricher::use(std::shared_ptr<const EnrichmentTables> tables) {
  if (tables == tables_) return;
  // The book looks at the tables it was made for: it goes first.
  addresses_ = std::make_unique<AddressBook>(*tables);
  tables_ = std::move(tables);
  exporters_.clear();
  for (const auto& [address, exporter] : tables_->exporters) {
    ExporterNames& names = exporters_[address];
    names.name.text = exporter.name;
    for (const InterfaceConfig& interface : exporter.interfaces)
      names.interfaces[interface.index].text = interface.name;
  }
  services_.clear();
  for (const ServiceConfig& service : tables_->services)
    services_.push_back({{service.name}, {service.category}});
}

void Enricher::enrich(FlowColumns& columns, size_t from, size_t to) {
  const Rows rows{columns, from, to};
  counters_.add(EnrichCount::enrichedRows, to - from);
  nameExporters(rows);
  describeAddresses(rows);
  nameServices(rows);
  count(rows);
}

void Enricher::nameExporters(const Rows& rows) {
  if (exporters_.empty()) return;
  FlowColumns& columns = rows.columns;
  const Address* last = nullptr;  // rows of one datagram stand together
  ExporterNames* names = nullptr;
  const auto nameInterface = [&](std::vector<NameId>& column, uint32_t index, size_t row) {
    const auto named = names->interfaces.find(index);
    if (named != names->interfaces.end()) column[row] = columns.names.idOf(named->second);
  };
  for (size_t row = rows.from; row < rows.to; ++row) {
    const Address& exporter = columns.exporterAddress[row];
    if (last == nullptr || *last != exporter) {
      const auto known = exporters_.find(exporter);
      names = known == exporters_.end() ? nullptr : &known->second;
      last = &exporter;
    }
    if (names == nullptr) continue;
    columns.exporterName[row] = columns.names.idOf(names->name);
    if (names->interfaces.empty()) continue;
    nameInterface(columns.ingressInterfaceName, columns.ingressInterface[row], row);
    nameInterface(columns.egressInterfaceName, columns.egressInterface[row], row);
  }
}

void Enricher::describeAddresses(const Rows& rows) {
  const bool isKnown = !tables_->prefixes.isEmpty() || tables_->countryFile || tables_->asnFile;
  if (!isKnown) return;
  for (size_t row = rows.from; row < rows.to; ++row) {
    const bool isFromOwn = describeEnd<SOURCE>(rows.columns, row, *addresses_);
    const bool isToOwn = describeEnd<DESTINATION>(rows.columns, row, *addresses_);
    if (tables_->hasOwnNetworks) tellScope(rows.columns, row, isFromOwn, isToOwn);
  }
}

void Enricher::tellScope(FlowColumns& columns, size_t row, bool isFromOwn, bool isToOwn) {
  NameHandle& scope = scopes_[(isFromOwn ? 2 : 0) + (isToOwn ? 1 : 0)];
  columns.scope[row] = columns.names.idOf(scope);
}

void Enricher::nameServices(const Rows& rows) {
  const NameId unknown = rows.columns.names.idOf(unknown_);
  uint64_t named = 0;
  for (size_t row = rows.from; row < rows.to; ++row) {
    const NameId name = rows.columns.applicationName[row];
    if (name != 0 && name != unknown) continue;
    if (nameService(rows.columns, row, unknown)) ++named;
  }
  counters_.add(EnrichCount::namedByPort, named);
}

bool Enricher::nameService(FlowColumns& columns, size_t row, NameId unknown) {
  columns.applicationName[row] = unknown;
  if (tables_->serviceTable.isEmpty()) return false;
  const uint16_t service = tables_->serviceTable.find(
      columns.protocolIdentifier[row], {.source = columns.sourceTransportPort[row],
                                        .destination = columns.destinationTransportPort[row]});
  if (service == ServiceTable::NONE) return false;
  columns.applicationName[row] = columns.names.idOf(services_[service].name);
  columns.applicationCategory[row] = columns.names.idOf(services_[service].category);
  columns.applicationConfidence[row] = columns.names.idOf(byPort_);
  return true;
}

void Enricher::count(const Rows& rows) {
  FlowColumns& columns = rows.columns;
  std::fill(columns.counted.begin() + static_cast<ptrdiff_t>(rows.from),
            columns.counted.begin() + static_cast<ptrdiff_t>(rows.to), uint8_t{1});
  if (tables_->boundaries.empty() && tables_->owners == nullptr) return;
  uint64_t outside = 0;
  uint64_t duplicates = 0;
  for (size_t row = rows.from; row < rows.to; ++row) {
    if (!tables_->boundaries.empty() && !isAtBoundary(columns, row)) {
      ++outside;
      columns.counted[row] = 0;
    } else if (tables_->owners != nullptr && !isFirstReport(columns, row)) {
      ++duplicates;
      columns.counted[row] = 0;
    }
  }
  counters_.add(EnrichCount::outsideBoundaryRows, outside);
  counters_.add(EnrichCount::duplicateRows, duplicates);
}

bool Enricher::isAtBoundary(const FlowColumns& columns, size_t row) const {
  for (const Boundary& boundary : tables_->boundaries) {
    if (!boundary.isAnyExporter && boundary.exporter != columns.exporterAddress[row]) continue;
    const bool isIn = boundary.side != BoundarySide::EGRESS &&
                      holds(boundary.interfaces, columns.ingressInterface[row]);
    const bool isOut = boundary.side != BoundarySide::INGRESS &&
                       holds(boundary.interfaces, columns.egressInterface[row]);
    if (isIn || isOut) return true;
  }
  return false;
}

bool Enricher::isFirstReport(const FlowColumns& columns, size_t row) const {
  const FlowIdentity flow{.source = columns.sourceAddress[row],
                          .destination = columns.destinationAddress[row],
                          .sourcePort = columns.sourceTransportPort[row],
                          .destinationPort = columns.destinationTransportPort[row],
                          .protocol = columns.protocolIdentifier[row]};
  const Observer observer{.exporter = columns.exporterAddress[row],
                          .flowDirection = columns.flowDirection[row]};
  return tables_->owners->claim(flow, observer, columns.receivedMilliseconds[row]);
}

}  // namespace weir::collect
