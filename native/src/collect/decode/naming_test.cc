// SPDX-License-Identifier: Apache-2.0
// What named a flow, as a common property of flows (RFC 5473).
#include <doctest/doctest.h>

#include "collect/decode/generated/iana_elements.h"
#include "collect/decode/test_messages.h"

using namespace weir::collect;
using namespace weir::collect::test;
using namespace weir::collect::element;

namespace {

constexpr uint32_t BITTORRENT = 0x0600'0016;
constexpr uint32_t NBAR = 0x0d00'01ab;
const std::vector<FieldSpec> FLOW{{0, sourceIPv4Address, 4},
                                  {0, octetDeltaCount, 4},
                                  {0, applicationId, 4},
                                  {0, commonPropertiesId, 2}};

Octets flowRecord(uint32_t application, uint16_t naming) {
  return bytes({{0x0a000001, 4}, {100, 4}, {application, 4}, {naming, 2}});
}

Octets padded(std::string_view value, size_t length) {
  Octets octets = text(value);
  octets.resize(length);
  return octets;
}

/// Name of an application, and its applicationId.
Octets nameSets(uint32_t application, std::string_view name) {
  const std::vector<FieldSpec> fields{{0, 1, 4}, {0, applicationId, 4}, {0, applicationName, 12}};
  return concat({set(1, netflow9OptionsTemplate(301, 1, fields)),
                 set(301, concat({bytes({{0, 4}, {application, 4}}), padded(name, 12)}))});
}

Octets namingSet(uint16_t id, std::string_view told) {
  return set(302, concat({bytes({{0, 4}, {id, 2}}), padded(told, 40)}));
}

Octets namingTemplate() {
  return set(1, netflow9OptionsTemplate(
                    302, 1, {{0, 1, 4}, {0, commonPropertiesId, 2}, {0, selectorName, 40}}));
}

/// A collector that knows BitTorrent, and naming 7 as what it is told.
struct Told : Decoding {
  explicit Told(std::string_view naming) {
    take(netflow9({1}, concat({nameSets(BITTORRENT, "BitTorrent"), namingTemplate(),
                               namingSet(7, naming), set(0, templateOf(300, FLOW))})));
  }
};

struct Named {
  std::string signature;
  std::string confidence;
  bool operator==(const Named&) const = default;
};

Named named(Decoding& decoding, uint32_t application, uint16_t naming) {
  const size_t row = decoding.take(netflow9({2}, set(300, flowRecord(application, naming))));
  const FlowColumns& columns = decoding.columns;
  REQUIRE(columns.rows == row + 1);
  return {std::string(decoding.name(columns.applicationSignature[row])),
          std::string(decoding.name(columns.applicationConfidence[row]))};
}

const Named BY_ID{"applicationId 6:22", "payload"};

}  // namespace

TEST_CASE("what named a flow is told apart from it, with what it rests on") {
  Told decoding("BitTorrent/match/2, behaviour");
  CHECK(named(decoding, BITTORRENT, 7) == Named{"BitTorrent/match/2", "behaviour"});
  CHECK(named(decoding, BITTORRENT, 8) == BY_ID);
  CHECK(named(decoding, BITTORRENT, 0) == BY_ID);
  CHECK(named(decoding, 0x0600'0017, 7) == Named{"", ""});
  decoding.take(netflow9({3}, namingSet(7, "BitTorrent/shape, behaviour")));
  CHECK(named(decoding, BITTORRENT, 7) == Named{"BitTorrent/shape", "behaviour"});
}

TEST_CASE("a number that means another application by now says nothing") {
  for (const char* const stale : {"Bit/match/1, payload", "BitTorrentX/match/1, payload"}) {
    Told decoding(stale);
    CHECK(named(decoding, BITTORRENT, 7) == BY_ID);
  }
}

TEST_CASE("common properties of another kind name nothing") {
  for (const char* const other : {"", "BitTorrent", "BitTorrent/match/2", "BitTorrent/x, certain",
                                  "BitTorrent, a/b, payload", "gold, payload"}) {
    INFO(other);
    Told decoding(other);
    CHECK(named(decoding, BITTORRENT, 7) == BY_ID);
    CHECK(named(decoding, BITTORRENT, 0) == BY_ID);
  }
  Told zero("x");
  zero.take(netflow9({3}, namingSet(0, "BitTorrent/match/2, behaviour")));
  CHECK(named(zero, BITTORRENT, 0) == BY_ID);
}

TEST_CASE("IPFIX tells it with the number as scope, in texts of variable length") {
  Decoding decoding;
  const std::vector<FieldSpec> names{{0, applicationId, 4}, {0, applicationName, VARIABLE_LENGTH}};
  const std::vector<FieldSpec> namings{{0, commonPropertiesId, 2},
                                       {0, selectorName, VARIABLE_LENGTH}};
  const auto variable = [](std::string_view value) {
    return concat({bytes({{value.size(), 1}}), text(value)});
  };
  decoding.take(ipfix(
      {0}, concat({set(3, ipfixOptionsTemplate(301, 1, names)),
                   set(3, ipfixOptionsTemplate(302, 1, namings)),
                   set(301, concat({bytes({{BITTORRENT, 4}}), variable("BitTorrent")})),
                   set(302, concat({bytes({{7, 2}}), variable("BitTorrent/match/2, payload")})),
                   set(2, templateOf(300, FLOW)), set(300, flowRecord(BITTORRENT, 7))})));
  REQUIRE(decoding.columns.rows == 1);
  CHECK(decoding.name(decoding.columns.applicationSignature[0]) == "BitTorrent/match/2");
}

TEST_CASE("other exporters' flows are named by their applicationId") {
  Told decoding("x");
  decoding.take(netflow9({2}, nameSets(NBAR, "bittorrent")));
  CHECK(named(decoding, NBAR, 0) == Named{"applicationId 13:427", "payload"});
  decoding.take(netflow9({3}, nameSets(0x0300'1ae1, "bittorrent")));
  CHECK(named(decoding, 0x0300'1ae1, 0) == Named{"applicationId 3:6881", "exporter"});
}

TEST_CASE("what named flows is known after a restart") {
  Told before("BitTorrent/match/2, behaviour");
  Decoding after;
  REQUIRE(after.decoder.importState(before.decoder.exportState(), after.now));
  CHECK(named(after, BITTORRENT, 7) == Named{"BitTorrent/match/2", "behaviour"});
}
