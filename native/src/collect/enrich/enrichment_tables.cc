// SPDX-License-Identifier: Apache-2.0
#include "collect/enrich/enrichment_tables.h"

#include <algorithm>

#include "coded_error.h"

namespace weir::collect {

namespace {

[[noreturn]] void throwUnreadable(const std::string& what, const std::string& text) {
  throw CodedError("WEIR_COLLECT_ENRICHMENT", "cannot read the " + what + " \"" + text +
                                                  "\". Write 192.0.2.0/24 or 2001:db8::/32 for a "
                                                  "network, 192.0.2.1 for an address.");
}

Address readAddress(const std::string& text) {
  const auto address = parseAddress(text);
  if (!address) throwUnreadable("exporter's address", text);
  return *address;
}

PrefixTable prefixesOf(const std::vector<NetworkConfig>& networks) {
  std::vector<AddressPrefix> prefixes;
  for (const NetworkConfig& network : networks) {
    const auto prefix = parseAddressPrefix(network.prefix);
    if (!prefix) throwUnreadable("network", network.prefix);
    prefixes.push_back(*prefix);
  }
  return PrefixTable(prefixes);
}

Boundary boundaryOf(const BoundaryConfig& config) {
  const bool isAny = config.exporter.empty();
  Boundary boundary{.isAnyExporter = isAny,
                    .exporter = isAny ? Address{} : readAddress(config.exporter),
                    .interfaces = config.interfaces,
                    .side = config.side};
  std::sort(boundary.interfaces.begin(), boundary.interfaces.end());
  return boundary;
}

std::shared_ptr<FlowOwners> ownersOf(const EnrichmentConfig& config,
                                     const EnrichmentTables* previous) {
  if (config.deduplicationWindowMs == 0) return nullptr;
  auto owners =
      std::make_shared<FlowOwners>(config.deduplicationFlows, config.deduplicationWindowMs);
  const bool isSame = previous != nullptr && previous->owners != nullptr &&
                      previous->owners->flows() == owners->flows() &&
                      previous->owners->windowMs() == owners->windowMs();
  return isSame ? previous->owners : owners;
}

void openFiles(const EnrichmentConfig& config, EnrichmentTables& tables) {
  if (!config.countryFile.empty()) tables.countryFile = GeoFile::open(config.countryFile);
  if (config.asnFile.empty()) return;
  // Some publishers have both in one file.
  tables.asnFile =
      config.asnFile == config.countryFile ? tables.countryFile : GeoFile::open(config.asnFile);
}

}  // namespace

std::shared_ptr<const EnrichmentTables> EnrichmentTables::load(const EnrichmentConfig& config,
                                                               const EnrichmentTables* previous) {
  auto tables = std::make_shared<EnrichmentTables>();
  tables->networks = config.networks;
  tables->prefixes = prefixesOf(config.networks);
  tables->hasOwnNetworks = std::any_of(config.networks.begin(), config.networks.end(),
                                       [](const NetworkConfig& network) { return network.isOwn; });
  for (const ExporterConfig& exporter : config.exporters)
    tables->exporters[readAddress(exporter.address)] = exporter;
  tables->services = config.services;
  tables->serviceTable = ServiceTable(config.services);
  for (const BoundaryConfig& boundary : config.boundaries)
    tables->boundaries.push_back(boundaryOf(boundary));
  openFiles(config, *tables);
  tables->owners = ownersOf(config, previous);
  return tables;
}

}  // namespace weir::collect
