// SPDX-License-Identifier: Apache-2.0
#include "export/netflow9_exporter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "capture/byte_order.h"
#include "coded_error.h"
#include "export/test_collector.h"

namespace weir {
namespace {

constexpr int64_t SECOND_NS = 1'000'000'000;
constexpr int64_t NOW_NS = 1'800'000'000 * SECOND_NS + 123'000'000;

using Octets = std::vector<uint8_t>;
using Fields = std::map<uint16_t, Octets>;  ///< by element

uint64_t integer(const Octets& octets) {
  uint64_t value = 0;
  for (const uint8_t octet : octets) value = value << 8U | octet;
  return value;
}

/// A collector that knows nothing of Weir: it reads what the templates say (RFC 3954).
class TemplateReader {
 public:
  void read(const Datagram& datagram) {
    CHECK(load16Be(&datagram[0]) == 9);
    CHECK(load32Be(&datagram[12]) == sequence_++);
    CHECK(datagram.size() <= MAXIMUM_DATAGRAM_BYTES);
    bootMs_ = int64_t{load32Be(&datagram[8])} * 1000 - load32Be(&datagram[4]);
    headerMs_ = int64_t{load32Be(&datagram[8])} * 1000;
    size_t records = 0;
    size_t at = 20;
    while (at < datagram.size()) {
      const uint16_t id = load16Be(&datagram[at]);
      const uint16_t length = load16Be(&datagram[at + 2]);
      REQUIRE(length >= 4);
      REQUIRE(length % 4 == 0);
      REQUIRE(at + length <= datagram.size());
      records += readSet(id, &datagram[at + 4], length - 4U);
      at += length;
    }
    CHECK(load16Be(&datagram[2]) == records);
  }

  std::vector<Fields> flows;
  std::vector<Fields> options;
  [[nodiscard]] int64_t absoluteMs(uint64_t upTime) const {
    return bootMs_ + static_cast<int64_t>(upTime);
  }
  [[nodiscard]] int64_t headerMs() const { return headerMs_; }

 private:
  using Layout = std::vector<std::pair<uint16_t, uint16_t>>;

  size_t readSet(uint16_t id, const uint8_t* at, size_t length) {
    if (id == 0) return readTemplates(at, length);
    if (id == 1) return readOptionsTemplate(at);
    return readData(id, at, length);
  }

  size_t readTemplates(const uint8_t* at, size_t length) {
    size_t count = 0;
    for (const uint8_t* end = at + length; end - at >= 4; ++count) {
      const uint16_t id = load16Be(at);
      const uint16_t fields = load16Be(at + 2);
      at = readLayout(at + 4, fields, layouts_[id] = {});
    }
    return count;
  }

  size_t readOptionsTemplate(const uint8_t* at) {
    const uint16_t id = load16Be(at);
    const auto fields = static_cast<uint16_t>((load16Be(at + 2) + load16Be(at + 4)) / 4);
    readLayout(at + 6, fields, layouts_[id] = {});
    optionsId_ = id;
    return 1;
  }

  const uint8_t* readLayout(const uint8_t* at, uint16_t fields, Layout& layout) {
    for (uint16_t field = 0; field < fields; ++field, at += 4) {
      layout.emplace_back(load16Be(at), load16Be(at + 2));
    }
    return at;
  }

  size_t readData(uint16_t id, const uint8_t* at, size_t length) {
    REQUIRE(layouts_.contains(id));  // a template goes out before its first use
    const Layout& layout = layouts_[id];
    size_t recordBytes = 0;
    for (const auto& [element, bytes] : layout) recordBytes += bytes;
    const size_t count = length / recordBytes;
    CHECK(length - count * recordBytes < 4);  // padding only
    for (size_t record = 0; record < count; ++record) {
      Fields fields;
      for (const auto& [element, bytes] : layout) {
        fields[element] = Octets(at, at + bytes);
        at += bytes;
      }
      (id == optionsId_ ? options : flows).push_back(std::move(fields));
    }
    return count;
  }

  std::map<uint16_t, Layout> layouts_;
  uint16_t optionsId_ = 0;
  uint32_t sequence_ = 0;
  int64_t bootMs_ = 0;
  int64_t headerMs_ = 0;
};

std::vector<ApplicationRow> someApplications(uint32_t count) {
  std::vector<ApplicationRow> rows;
  for (uint32_t i = 0; i < count; ++i) rows.push_back({i, "app" + std::to_string(i), "text"});
  return rows;
}

void checkFlow(const Fields& fields, const FlowRecord& record, const DirectionRecord& direction,
               const TemplateReader& reader) {
  const auto value = [&](uint16_t element) { return integer(fields.at(element)); };
  const bool v4 = record.ipVersion == 4;
  const size_t skipped = v4 ? 12 : 0;
  const Octets& source = fields.at(v4 ? element::sourceIPv4Address : element::sourceIPv6Address);
  const Octets& destination =
      fields.at(v4 ? element::destinationIPv4Address : element::destinationIPv6Address);
  CHECK(std::equal(source.begin(), source.end(), direction.sourceAddress->begin() + skipped));
  CHECK(std::equal(destination.begin(), destination.end(),
                   direction.destinationAddress->begin() + skipped));
  CHECK(value(element::sourceTransportPort) == direction.sourcePort);
  CHECK(value(element::destinationTransportPort) == direction.destinationPort);
  CHECK(value(element::protocolIdentifier) == record.protocol);
  CHECK(value(element::ipClassOfService) == direction.ipClassOfService);
  CHECK(value(element::tcpControlBits) == (direction.tcpFlags & 0xff));
  CHECK(value(element::flowEndReason) == static_cast<uint64_t>(record.endReason));
  CHECK(value(element::octetDeltaCount) == direction.octets);
  CHECK(value(element::packetDeltaCount) == direction.packets);
  CHECK(value(element::vlanId) == record.vlanId);
  CHECK(value(element::ingressInterface) == record.interfaceIndex);
  CHECK(value(element::ipVersion) == record.ipVersion);
  CHECK(value(element::applicationId) == (uint64_t{6} << 24U | record.application));
  CHECK(reader.absoluteMs(value(element::flowStartSysUpTime)) == record.startNs / 1'000'000);
  CHECK(reader.absoluteMs(value(element::flowEndSysUpTime)) == record.endNs / 1'000'000);
  CHECK(record.endNs / 1'000'000 <= reader.headerMs());
}

TEST_CASE("v9: a reader that follows the templates gets every field of every record back") {
  TestCollector collector;
  Netflow9Options options;
  options.applications = someApplications(60);
  Netflow9Exporter exporter(collector.sender(), options);
  exporter.open();
  exporter.tick(NOW_NS);
  std::mt19937_64 random(11);
  std::vector<OwnedRecord> written;
  for (int i = 0; i < 600; ++i) {
    // Runs of one version and alternations: sets must open and close rightly in both.
    const uint8_t version = (i / 50) % 2 == 0 ? 4 : (random() % 2 == 0 ? 4 : 6);
    written.push_back(randomRecord(random, NOW_NS, version));
    exporter.write(written.back().get());
  }
  exporter.flush();
  TemplateReader reader;
  const std::vector<Datagram> datagrams = collector.datagrams();
  for (const Datagram& datagram : datagrams) reader.read(datagram);
  CHECK(datagrams.size() == exporter.counters().sender.messages);

  size_t at = 0;
  for (const OwnedRecord& owned : written) {
    const FlowRecord record = owned.get();
    for (const DirectionRecord* direction : {&record.forward, &record.reverse}) {
      if (direction->packets == 0) continue;
      REQUIRE(at < reader.flows.size());
      checkFlow(reader.flows[at++], record, *direction, reader);
    }
  }
  CHECK(at == reader.flows.size());
  CHECK(at == exporter.counters().records);
}

TEST_CASE(
    "v9: the application table comes whole, before the first flow, and again after a minute") {
  TestCollector collector;
  Netflow9Options options;
  options.applications = someApplications(128);
  Netflow9Exporter exporter(collector.sender(), options);
  exporter.open();
  exporter.tick(NOW_NS);
  exporter.tick(NOW_NS + 59 * SECOND_NS);
  TemplateReader reader;
  for (const Datagram& datagram : collector.datagrams()) reader.read(datagram);
  CHECK(reader.options.size() == 128);
  CHECK(reader.flows.empty());
  exporter.tick(NOW_NS + 60 * SECOND_NS);
  for (const Datagram& datagram : collector.datagrams()) reader.read(datagram);
  REQUIRE(reader.options.size() == 256);
  for (uint32_t row = 0; row < 128; ++row) {
    const Fields& fields = reader.options[row];
    CHECK(integer(fields.at(element::applicationId)) == (uint64_t{6} << 24U | row));
    const Octets& name = fields.at(element::applicationName);
    CHECK(std::string(reinterpret_cast<const char*>(name.data())) == "app" + std::to_string(row));
  }
}

TEST_CASE("v9: a collector that is not there is counted, and everything else goes on") {
  auto nowhere = std::make_unique<DatagramSender>(CollectorAddress{"127.0.0.1", 1}, SendMode::WAIT);
  Netflow9Exporter exporter(std::move(nowhere), {});
  exporter.open();
  std::mt19937_64 random(3);
  for (int second = 0; second < 50; ++second) {
    exporter.tick(NOW_NS + second * SECOND_NS);
    exporter.write(randomRecord(random, NOW_NS, 4).get());
  }
  exporter.flush();
  CHECK(exporter.counters().sender.messages + exporter.counters().sender.failedMessages >= 50);
  CHECK(exporter.counters().sender.unreachableMessages > 0);
}

TEST_CASE("a name that cannot be resolved is an error with a code") {
  DatagramSender sender({"no-such-host.invalid", 2055}, SendMode::WAIT);
  CHECK_THROWS_WITH_AS(sender.open(), doctest::Contains("no-such-host.invalid"), CodedError);
}

}  // namespace
}  // namespace weir
