// SPDX-License-Identifier: Apache-2.0
#include "collect/enrich/geo_file.h"

#include <doctest/doctest.h>

#include "coded_error.h"
#include "collect/enrich/test_files.h"
#include "collect/enrich/test_mmdb_writer.h"
#include "collect/enrich/test_prefixes.h"

using namespace weir;
using namespace weir::collect;

namespace {

GeoFacts factsOf(const GeoFile& file, const Address& address) {
  return file.factsOf(file.recordOf(address));
}

GeoFacts factsIn(const MmdbValue& value) {
  MmdbWriter writer;
  writer.add(*parseAddressPrefix("192.0.2.0/24"), value);
  const FileOf file(writer.file());
  return factsOf(*GeoFile::open(file.path()), *parseAddress("192.0.2.1"));
}

std::string codeOfOpening(const std::string& path) {
  try {
    GeoFile::open(path);
  } catch (const CodedError& error) {
    return error.code();
  }
  return "";
}

}  // namespace

TEST_CASE("every address has the facts of its longest prefix in the file") {
  RandomPrefixes random(7);
  std::vector<AddressPrefix> prefixes;
  MmdbWriter writer;
  while (prefixes.size() < 500) {
    const AddressPrefix prefix = random.prefix();
    // ::/96 and what holds it would be IPv4's as well; an equal prefix would be a second value.
    if (!prefix.isIpv4() && prefix.address[0] == 0) continue;
    if (prefix.length == 0 || longestBySearch(prefixes, prefix.address) < prefixes.size()) {
      const size_t same = longestBySearch(prefixes, prefix.address);
      if (prefix.length == 0 || prefixes[same].length == prefix.length) continue;
    }
    writer.add(prefix, asnValue(1000 + static_cast<uint32_t>(prefixes.size()), "name"));
    prefixes.push_back(prefix);
  }
  const FileOf file(writer.file());
  const auto geo = GeoFile::open(file.path());
  for (const AddressPrefix& prefix : prefixes) {
    for (int i = 0; i < 8; ++i) {
      const Address address = random.near(prefix);
      if (address[0] == 0 && !isMappedIpv4(address)) continue;  // IPv4's place in the file
      const size_t position = longestBySearch(prefixes, address);
      const uint32_t expected = position == prefixes.size() ? 0 : 1000 + uint32_t(position);
      CHECK(factsOf(*geo, address).asNumber == expected);
    }
  }
}

TEST_CASE("the fields of several publishers are read") {
  using Value = MmdbValue;
  CHECK(factsIn(countryValue("DE")).country == "DE");
  CHECK(factsIn(Value::map({{"registered_country", Value::map({{"iso_code", Value::text("FR")}})}}))
            .country == "FR");
  CHECK(factsIn(Value::map({{"country_code", Value::text("NL")}})).country == "NL");
  CHECK(factsIn(Value::map({{"country", Value::text("BE")}})).country == "BE");
  CHECK(factsIn(asnValue(64500, "Example Ltd")).asNumber == 64500);
  CHECK(factsIn(asnValue(64500, "Example Ltd")).asName == "Example Ltd");
  const GeoFacts byText = factsIn(
      Value::map({{"asn", Value::text("AS4200000001")}, {"as_name", Value::text("Example")}}));
  CHECK(byText.asNumber == 4'200'000'001);
  CHECK(byText.asName == "Example");
  CHECK(factsIn(Value::map({{"asn", Value::text("none")}})).asNumber == 0);
  CHECK(factsIn(Value::text("no map")).country.empty());
}

TEST_CASE("a file that is overwritten in place is still what it was when it was opened") {
  MmdbWriter writer;
  writer.add(*parseAddressPrefix("192.0.2.0/24"), countryValue("DE"));
  const FileOf file(writer.file());
  const auto geo = GeoFile::open(file.path());
  file.write("");
  CHECK(factsOf(*geo, *parseAddress("192.0.2.1")).country == "DE");
}

TEST_CASE("what is no such file is refused with a code") {
  CHECK(codeOfOpening("/nonexistent.mmdb") == "WEIR_COLLECT_GEO_FILE");
  CHECK(codeOfOpening("/tmp") == "WEIR_COLLECT_GEO_FILE");
  CHECK(codeOfOpening(FileOf("").path()) == "WEIR_COLLECT_GEO_FILE");
  CHECK(codeOfOpening(FileOf(std::string(5000, 'x')).path()) == "WEIR_COLLECT_GEO_FILE");
}

TEST_CASE("a file that is cut anywhere is refused, or answers without harm") {
  MmdbWriter writer;
  writer.add(*parseAddressPrefix("192.0.2.0/24"), asnValue(64500, "Example Ltd"));
  const std::string whole = writer.file();
  for (size_t cut = 0; cut < whole.size(); cut += 7) {
    const FileOf file(whole.substr(cut));
    if (!codeOfOpening(file.path()).empty()) continue;
    factsOf(*GeoFile::open(file.path()), *parseAddress("192.0.2.1"));
  }
}
