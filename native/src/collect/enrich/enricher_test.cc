// SPDX-License-Identifier: Apache-2.0
#include "collect/enrich/enricher.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>

#include "coded_error.h"
#include "collect/enrich/test_files.h"
#include "collect/enrich/test_mmdb_writer.h"
#include "collect/enrich/test_prefixes.h"

using namespace weir;
using namespace weir::collect;

namespace {

struct Flow {
  const char* source;
  const char* destination;
  uint16_t sourcePort = 0;
  uint16_t destinationPort = 0;
  uint8_t protocol = 6;
  const char* exporter = "192.0.2.1";
  uint32_t ingress = 0;
  uint32_t egress = 0;
};

void append(FlowColumns& columns, const Flow& flow) {
  columns.reserve(1);
  const size_t row = columns.rows++;
  columns.sourceAddress[row] = *parseAddress(flow.source);
  columns.destinationAddress[row] = *parseAddress(flow.destination);
  columns.sourceTransportPort[row] = flow.sourcePort;
  columns.destinationTransportPort[row] = flow.destinationPort;
  columns.protocolIdentifier[row] = flow.protocol;
  columns.exporterAddress[row] = *parseAddress(flow.exporter);
  columns.ingressInterface[row] = flow.ingress;
  columns.egressInterface[row] = flow.egress;
}

std::shared_ptr<const EnrichmentTables> tablesOf(const EnrichmentConfig& config) {
  return EnrichmentTables::load(config);
}

void enrichAll(Enricher&& enricher, FlowColumns& columns) {
  enricher.enrich(columns, 0, columns.rows);
}

std::string textAt(const FlowColumns& columns, const std::vector<NameId>& column, size_t row = 0) {
  return std::string(columns.names.textOf(column[row]));
}

EnrichmentConfig campus() {
  EnrichmentConfig config;
  config.networks = {
      {.prefix = "10.0.0.0/8", .name = "campus", .role = "users", .site = "north"},
      {.prefix = "10.1.0.0/16", .name = "dormitory", .role = "guests", .site = "south"},
      {.prefix = "198.51.100.0/24", .name = "cloud", .role = "servers", .isOwn = false},
      {.prefix = "2001:db8::/32", .name = "campus6"}};
  return config;
}

}  // namespace

TEST_CASE("addresses get name, role and site of the smallest network that holds them") {
  FlowColumns columns(4);
  append(columns, {"10.1.2.3", "10.200.0.1"});
  append(columns, {"198.51.100.7", "2001:db8::5"});
  append(columns, {"203.0.113.1", "10.0.0.1"});
  enrichAll(Enricher(tablesOf(campus())), columns);
  CHECK(textAt(columns, columns.sourceNetwork) == "dormitory");
  CHECK(textAt(columns, columns.sourceRole) == "guests");
  CHECK(textAt(columns, columns.sourceSite) == "south");
  CHECK(textAt(columns, columns.destinationNetwork) == "campus");
  CHECK(textAt(columns, columns.sourceNetwork, 1) == "cloud");
  CHECK(textAt(columns, columns.destinationNetwork, 1) == "campus6");
  CHECK(textAt(columns, columns.sourceNetwork, 2).empty());
}

TEST_CASE("the scope is seen from the operator's own networks; multicast never leaves them") {
  FlowColumns columns(8);
  append(columns, {"10.1.2.3", "10.2.0.1"});
  append(columns, {"10.1.2.3", "198.51.100.7"});
  append(columns, {"203.0.113.1", "10.1.2.3"});
  append(columns, {"203.0.113.1", "198.51.100.7"});
  append(columns, {"10.1.2.3", "224.0.0.251"});
  append(columns, {"fe80::1", "ff02::fb"});
  enrichAll(Enricher(tablesOf(campus())), columns);
  const char* const expected[] = {"internal", "egress",   "ingress",
                                  "transit",  "internal", "internal"};
  for (size_t row = 0; row < columns.rows; ++row)
    CHECK(textAt(columns, columns.scope, row) == expected[row]);
  EnrichmentConfig onlyForeign = campus();
  for (NetworkConfig& network : onlyForeign.networks) network.isOwn = false;
  FlowColumns fresh(1);
  append(fresh, {"10.1.2.3", "10.2.0.1"});
  enrichAll(Enricher(tablesOf(onlyForeign)), fresh);
  CHECK(textAt(fresh, fresh.scope).empty());
  CHECK(textAt(fresh, fresh.sourceNetwork) == "dormitory");
}

TEST_CASE("the operator's names of interfaces go before the exporter's, for that exporter only") {
  EnrichmentConfig config;
  config.exporters = {{.address = "192.0.2.1", .name = "edge", .interfaces = {{7, "uplink"}}}};
  FlowColumns columns(4);
  append(columns, {"10.0.0.1", "10.0.0.2", 0, 0, 6, "192.0.2.1", 7, 8});
  append(columns, {"10.0.0.1", "10.0.0.2", 0, 0, 6, "192.0.2.2", 7, 8});
  for (size_t row = 0; row < 2; ++row) {
    columns.ingressInterfaceName[row] = columns.names.idOf("ge-0/0/7");
    columns.egressInterfaceName[row] = columns.names.idOf("ge-0/0/8");
  }
  enrichAll(Enricher(tablesOf(config)), columns);
  CHECK(textAt(columns, columns.exporterName) == "edge");
  CHECK(textAt(columns, columns.ingressInterfaceName) == "uplink");
  CHECK(textAt(columns, columns.egressInterfaceName) == "ge-0/0/8");
  CHECK(textAt(columns, columns.exporterName, 1).empty());
  CHECK(textAt(columns, columns.ingressInterfaceName, 1) == "ge-0/0/7");
}

TEST_CASE("countries and autonomous systems are the files'; the exporter's number stays") {
  MmdbWriter countries;
  MmdbWriter systems;
  countries.add(*parseAddressPrefix("203.0.113.0/24"), countryValue("DE"));
  systems.add(*parseAddressPrefix("203.0.113.0/24"), asnValue(64500, "Example Ltd"));
  systems.add(*parseAddressPrefix("2001:db8::/32"), asnValue(64501, "Six"));
  const FileOf countryFile(countries.file());
  const FileOf asnFile(systems.file());
  EnrichmentConfig config;
  config.countryFile = countryFile.path();
  config.asnFile = asnFile.path();
  FlowColumns columns(4);
  for (int i = 0; i < 4; ++i) append(columns, {"203.0.113.9", "2001:db8::1"});
  columns.bgpSourceAsNumber = {0, 64500, 64999, 23456};
  enrichAll(Enricher(tablesOf(config)), columns);
  CHECK(textAt(columns, columns.sourceCountry) == "DE");
  CHECK(textAt(columns, columns.destinationCountry).empty());
  CHECK(columns.bgpDestinationAsNumber[0] == 64501);
  CHECK(textAt(columns, columns.destinationAsName) == "Six");
  const uint32_t numbers[] = {64500, 64500, 64999, 64500};
  const char* const names[] = {"Example Ltd", "Example Ltd", "", "Example Ltd"};
  for (size_t row = 0; row < 4; ++row) {
    CHECK(columns.bgpSourceAsNumber[row] == numbers[row]);
    CHECK(textAt(columns, columns.sourceAsName, row) == names[row]);
  }
}

TEST_CASE("flows without a label get the service of a port, marked as such") {
  EnrichmentConfig config;
  config.services = {{6, 443, "TLS", "web"},
                     {6, 8080, "HTTP", "web"},
                     {17, 53, "DNS", "network"},
                     {1, 0, "ICMP", "network"}};
  FlowColumns columns(8);
  append(columns, {"10.0.0.1", "10.0.0.2", 50'000, 443});
  append(columns, {"10.0.0.1", "10.0.0.2", 443, 8080});
  append(columns, {"10.0.0.1", "10.0.0.2", 53, 50'000, 17});
  append(columns, {"10.0.0.1", "10.0.0.2", 0, 2048, 1});
  append(columns, {"10.0.0.1", "10.0.0.2", 50'000, 443, 17});
  append(columns, {"10.0.0.1", "10.0.0.2", 50'000, 443});
  append(columns, {"10.0.0.1", "10.0.0.2", 50'000, 443});
  columns.applicationName[5] = columns.names.idOf("SSH");
  columns.applicationConfidence[5] = columns.names.idOf("payload");
  columns.applicationName[6] = columns.names.idOf("unknown");
  enrichAll(Enricher(tablesOf(config)), columns);
  const char* const names[] = {"TLS", "TLS", "DNS", "ICMP", "unknown", "SSH", "TLS"};
  const char* const confidences[] = {"port", "port", "port", "port", "", "payload", "port"};
  for (size_t row = 0; row < columns.rows; ++row) {
    CHECK(textAt(columns, columns.applicationName, row) == names[row]);
    CHECK(textAt(columns, columns.applicationConfidence, row) == confidences[row]);
  }
  CHECK(textAt(columns, columns.applicationCategory) == "web");
}

TEST_CASE("with boundaries only their records count") {
  EnrichmentConfig config;
  config.boundaries = {{.exporter = "192.0.2.1", .interfaces = {9, 3}},
                       {.exporter = "192.0.2.2", .side = BoundarySide::EGRESS},
                       {.interfaces = {77}, .side = BoundarySide::EITHER}};
  FlowColumns columns(8);
  const auto add = [&](const char* exporter, uint32_t ingress, uint32_t egress) {
    append(columns, {"10.0.0.1", "10.0.0.2", 0, 0, 6, exporter, ingress, egress});
  };
  add("192.0.2.1", 3, 1);
  add("192.0.2.1", 1, 3);
  add("192.0.2.2", 1, 1);
  add("192.0.2.3", 1, 77);
  add("192.0.2.3", 1, 1);
  Enricher enricher(tablesOf(config));
  enricher.enrich(columns, 0, columns.rows);
  columns.counted.resize(5);
  CHECK(columns.counted == std::vector<uint8_t>{1, 0, 1, 1, 0});
  CHECK(enricher.counters().of(EnrichCount::outsideBoundaryRows) == 2);
  CHECK(enricher.counters().of(EnrichCount::enrichedRows) == 5);
}

TEST_CASE(
    "of a flow that several exporters see one exporter's records count, others' stay as rows") {
  EnrichmentConfig config;
  config.deduplicationWindowMs = 300'000;
  FlowColumns columns(8);
  for (const char* exporter : {"192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.3"})
    append(columns, {"10.0.0.1", "10.0.0.2", 1, 2, 6, exporter});
  append(columns, {"10.0.0.2", "10.0.0.1", 2, 1, 6, "192.0.2.2"});
  Enricher enricher(tablesOf(config));
  enricher.enrich(columns, 0, columns.rows);
  columns.counted.resize(5);
  CHECK(columns.counted == std::vector<uint8_t>{1, 0, 1, 0, 1});
  CHECK(enricher.counters().of(EnrichCount::duplicateRows) == 2);
}

TEST_CASE("only the rows asked for are touched, and without any configuration all count") {
  FlowColumns columns(4);
  for (int i = 0; i < 3; ++i) append(columns, {"10.0.0.1", "10.0.0.2"});
  Enricher enricher(tablesOf({}));
  enricher.enrich(columns, 1, 2);
  CHECK(columns.counted[0] == 0);
  CHECK(columns.counted[1] == 1);
  CHECK(columns.counted[2] == 0);
  CHECK(textAt(columns, columns.applicationName, 1) == "unknown");
}

TEST_CASE("names follow an enricher from chunk to chunk and through new tables") {
  Enricher enricher(tablesOf(campus()));
  for (int chunk = 0; chunk < 3; ++chunk) {
    FlowColumns columns(1);
    columns.names.idOf("shift " + std::to_string(chunk));
    append(columns, {"10.1.2.3", "10.200.0.1"});
    if (chunk == 2) {
      EnrichmentConfig renamed = campus();
      renamed.networks[1].name = "halls";
      enricher.use(EnrichmentTables::load(renamed));
    }
    enricher.enrich(columns, 0, 1);
    CHECK(textAt(columns, columns.sourceNetwork) == (chunk == 2 ? "halls" : "dormitory"));
  }
}

TEST_CASE("random networks: what the enricher says is what a search through all of them finds") {
  RandomPrefixes random(11);
  EnrichmentConfig config;
  std::vector<AddressPrefix> prefixes;
  for (int i = 0; i < 200; ++i) {
    prefixes.push_back(random.prefix());
    const AddressPrefix& prefix = prefixes.back();
    char text[64];
    const bool isIpv4 = prefix.isIpv4();
    inet_ntop(isIpv4 ? AF_INET : AF_INET6, prefix.address.data() + (isIpv4 ? 12 : 0), text, 64);
    config.networks.push_back(
        {.prefix = std::string(text) + "/" + std::to_string(prefix.length - (isIpv4 ? 96 : 0)),
         .name = "n" + std::to_string(i)});
  }
  Enricher enricher(tablesOf(config));
  FlowColumns columns(2000);
  for (columns.rows = 0; columns.rows < 2000; ++columns.rows)
    columns.sourceAddress[columns.rows] = random.near(prefixes[columns.rows % 200]);
  enricher.enrich(columns, 0, columns.rows);
  for (size_t row = 0; row < columns.rows; ++row) {
    const size_t found = longestBySearch(prefixes, columns.sourceAddress[row]);
    const std::string expected = found == prefixes.size() ? "" : "n" + std::to_string(found);
    CHECK(textAt(columns, columns.sourceNetwork, row) == expected);
  }
}

TEST_CASE("what cannot be read is refused with a code") {
  const auto codeOf = [](const EnrichmentConfig& config) -> std::string {
    try {
      EnrichmentTables::load(config);
    } catch (const CodedError& error) {
      return error.code();
    }
    return "";
  };
  CHECK(codeOf({.networks = {{.prefix = "10.0.0.0/99"}}}) == "WEIR_COLLECT_ENRICHMENT");
  CHECK(codeOf({.exporters = {{.address = "router"}}}) == "WEIR_COLLECT_ENRICHMENT");
  CHECK(codeOf({.boundaries = {{.exporter = "router"}}}) == "WEIR_COLLECT_ENRICHMENT");
  CHECK(codeOf({.countryFile = "/nonexistent"}) == "WEIR_COLLECT_GEO_FILE");
}
