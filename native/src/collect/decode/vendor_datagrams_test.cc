// SPDX-License-Identifier: Apache-2.0
// Datagrams of real exporters: softflowd's with nfdump as the referee
// (collector/golden/record.mjs), and those of other vendors where the project's data lies beside
// the checkout.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>

#include "collect/decode/test_messages.h"
#include "collect/decode/test_tshark_referee.h"
#include "collect/receive/socket_address.h"

using namespace weir::collect;
using namespace weir::collect::test;

namespace {

const std::filesystem::path GOLDEN = "collector/golden";
const std::filesystem::path VENDORS = "../shared/data/datagrams";

Octets fileOctets(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Datagrams with their length in two octets before each.
std::vector<Octets> goldenDatagrams(const std::string& name) {
  const Octets all = fileOctets(GOLDEN / (name + ".bin"));
  std::vector<Octets> datagrams;
  for (size_t at = 0; at + 2 <= all.size();) {
    const size_t length = static_cast<size_t>(all[at]) << 8U | all[at + 1];
    const auto begin = all.begin() + static_cast<ptrdiff_t>(at + 2);
    datagrams.emplace_back(begin, begin + static_cast<ptrdiff_t>(length));
    at += 2 + length;
  }
  return datagrams;
}

/// A row as nfdump's records were written down.
std::string line(const FlowColumns& columns, size_t row) {
  const auto number = [](const char* name, auto value) {
    return std::string("\"") + name + "\":" + std::to_string(value);
  };
  return "{" + number("flowStartMilliseconds", columns.flowStartMilliseconds[row]) + "," +
         number("flowEndMilliseconds", columns.flowEndMilliseconds[row]) + ",\"sourceAddress\":\"" +
         textOf(columns.sourceAddress[row]) + "\",\"destinationAddress\":\"" +
         textOf(columns.destinationAddress[row]) + "\"," +
         number("sourceTransportPort", columns.sourceTransportPort[row]) + "," +
         number("destinationTransportPort", columns.destinationTransportPort[row]) + "," +
         number("protocolIdentifier", columns.protocolIdentifier[row]) + "," +
         number("octets", columns.octets[row]) + "," + number("packets", columns.packets[row]) +
         "}";
}

void checkGolden(const std::string& name) {
  Decoding decoding;
  for (const Octets& datagram : goldenDatagrams(name)) decoding.take(datagram);
  std::ifstream referee(GOLDEN / (name + ".jsonl"));
  std::string expected;
  size_t row = 0;
  for (; std::getline(referee, expected); ++row) {
    REQUIRE(row < decoding.columns.rows);
    CHECK(line(decoding.columns, row) == expected);
  }
  CHECK(row == decoding.columns.rows);
}

/// By vendor, templates first.
std::map<std::string, std::vector<std::filesystem::path>> vendorFiles() {
  std::map<std::string, std::vector<std::filesystem::path>> vendors;
  if (!std::filesystem::exists(VENDORS)) return vendors;
  for (const auto& entry : std::filesystem::directory_iterator(VENDORS)) {
    const std::string name = entry.path().filename().string();
    const size_t end = std::min({name.find("_opttpl"), name.find("_tpl"), name.find("_data"),
                                 name.find("_dpi"), name.find(".dat")});
    vendors[name.substr(0, end)].push_back(entry.path());
  }
  for (auto& [vendor, files] : vendors)
    std::sort(files.begin(), files.end(), [](const auto& one, const auto& other) {
      const auto order = [](const auto& path) {
        const std::string name = path.filename().string();
        return std::pair(name.find("tpl") == std::string::npos, name);
      };
      return order(one) < order(other);
    });
  return vendors;
}

constexpr std::array REFUSALS{DecodeCount::truncatedHeader,      DecodeCount::unsupportedVersion,
                              DecodeCount::truncatedDatagram,    DecodeCount::malformedSet,
                              DecodeCount::malformedTemplate,    DecodeCount::malformedRecord,
                              DecodeCount::reservedSet,          DecodeCount::recordsWithoutFlow,
                              DecodeCount::eventsWithoutTraffic, DecodeCount::implausibleTimes,
                              DecodeCount::saturatedCounters};

std::string refusals(const Decoding& decoding) {
  std::string text;
  for (const DecodeCount reason : REFUSALS)
    if (decoding.count(reason) > 0)
      text += std::string(DECODE_COUNT_NAMES[static_cast<size_t>(reason)]) + "=" +
              std::to_string(decoding.count(reason)) + " ";
  return text;
}

}  // namespace

TEST_CASE("softflowd's datagrams decode to what nfdump sees") {
  if (!std::filesystem::exists(GOLDEN)) return;
  checkGolden("softflowd-v5");
  checkGolden("softflowd-v9");
}

TEST_CASE("datagrams of all vendors decode, in any order to the same rows") {
  for (auto& [vendor, files] : vendorFiles()) {
    CAPTURE(vendor);
    Decoding decoding;
    for (const auto& file : files) decoding.take(fileOctets(file));
    CHECK_MESSAGE(decoding.columns.rows + decoding.count(DecodeCount::optionsRecords) > 0,
                  refusals(decoding));
    Decoding reversed;
    for (auto file = files.rbegin(); file != files.rend(); ++file) reversed.take(fileOctets(*file));
    CHECK(reversed.columns.rows == decoding.columns.rows);
  }
}

TEST_CASE("each octet that is missing is counted") {
  if (!std::filesystem::exists(GOLDEN)) return;
  for (const std::string name : {"softflowd-v5", "softflowd-v9"}) {
    const auto datagrams = goldenDatagrams(name);
    Decoding whole;
    whole.take(datagrams[0]);
    whole.take(datagrams[1]);
    for (size_t length = 0; length < datagrams[1].size(); ++length) {
      Decoding cut;
      cut.take(datagrams[0]);
      cut.take({datagrams[1].begin(), datagrams[1].begin() + static_cast<ptrdiff_t>(length)});
      const bool isAtEndOfSet = refusals(cut).empty();
      CHECK((cut.columns.rows < whole.columns.rows || isAtEndOfSet));
    }
  }
}

TEST_CASE("noise is decoded, refused or waits, and the books add up") {
  std::mt19937_64 random(12);
  Decoding decoding;
  const auto golden = std::filesystem::exists(GOLDEN) ? goldenDatagrams("softflowd-v9")
                                                      : std::vector<Octets>{netflow9({}, {})};
  for (int round = 0; round < 20'000; ++round) {
    Octets damaged = golden[random() % golden.size()];
    for (size_t flips = 1 + random() % 6; flips > 0; --flips)
      damaged[random() % damaged.size()] ^= static_cast<uint8_t>(1U << random() % 8);
    if (random() % 4 == 0) damaged.resize(random() % damaged.size());
    decoding.take(damaged);
    const size_t last = decoding.segments.empty() ? 0 : decoding.segments.back().to;
    REQUIRE(last == decoding.columns.rows);
    if (decoding.columns.rows < 10'000) continue;
    decoding.columns.clear();
    decoding.segments.clear();
  }
}

namespace {

std::vector<std::string> ours(const Decoding& decoding,
                              std::string (*value)(const FlowColumns&, size_t)) {
  std::vector<std::string> values;
  for (size_t row = 0; row < decoding.columns.rows; ++row) {
    const std::string text = value(decoding.columns, row);
    if (!text.empty()) values.push_back(text);
  }
  return values;
}

std::string ipv4(const Address& address) { return isIpv4(address) ? textOf(address) : ""; }

/// Where a record lacks the protocol, its column holds 0 and tshark has nothing: neither counts.
std::string protocol(const FlowColumns& columns, size_t row) {
  const uint8_t number = columns.protocolIdentifier[row];
  return number == 0 ? "" : std::to_string(number);
}

/// In the order of tshark's, though it may have more: events without traffic are no rows.
bool isPartOf(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
  size_t at = 0;
  for (const std::string& value : whole)
    if (at < part.size() && part[at] == value) ++at;
  return at == part.size();
}

}  // namespace

TEST_CASE("tshark reads the same values in the datagrams of all vendors") {
  if (std::system("tshark --version >/dev/null 2>&1") != 0) return;
  DecoderOptions options;
  options.biflows = BiflowRows::KEEP;
  for (auto& [vendor, files] : vendorFiles()) {
    CAPTURE(vendor);
    Decoding decoding(options);
    std::vector<Octets> datagrams;
    for (const auto& file : files) datagrams.push_back(fileOctets(file));
    for (const Octets& datagram : datagrams) decoding.take(datagram);
    const auto compare = [&](const std::string& field,
                             std::string (*value)(const FlowColumns&, size_t)) {
      CAPTURE(field);
      auto referee = tsharkValues(datagrams, field);
      std::erase(referee, "0");
      const auto own = ours(decoding, value);
      CHECK(isPartOf(own, referee));
      if (decoding.count(DecodeCount::eventsWithoutTraffic) == 0) CHECK(own == referee);
    };
    compare("cflow.srcaddr", [](auto& c, size_t row) { return ipv4(c.sourceAddress[row]); });
    compare("cflow.dstaddr", [](auto& c, size_t row) { return ipv4(c.destinationAddress[row]); });
    compare("cflow.protocol", protocol);
  }
}
