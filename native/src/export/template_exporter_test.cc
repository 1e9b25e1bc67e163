// SPDX-License-Identifier: Apache-2.0
// NetFlow v9 and IPFIX before a reader that follows their templates: every field of every record
// comes back, in messages of any size.
#include <doctest/doctest.h>

#include "export/ipfix_exporter.h"
#include "export/netflow9_exporter.h"
#include "export/test_collector.h"
#include "export/test_template_reader.h"

namespace weir {
namespace {

constexpr int64_t SECOND_NS = 1'000'000'000;
constexpr int64_t NOW_NS = 1'800'000'000 * SECOND_NS + 123'000'000;
constexpr uint32_t ENTERPRISE = 64'999;

enum class Form : uint8_t { NETFLOW9, IPFIX_UNIFLOW, IPFIX_BIFLOW };

/// An exporter and the sender that it owns.
struct Rig {
  std::unique_ptr<TemplateExporter> exporter;
  MemorySender* sender = nullptr;
};

Rig makeRig(Form form, TemplateExporterOptions options) {
  auto sender = std::make_unique<MemorySender>();
  Rig rig;
  rig.sender = sender.get();
  if (form == Form::NETFLOW9) {
    rig.exporter = std::make_unique<Netflow9Exporter>(std::move(sender), std::move(options));
  } else {
    rig.exporter = std::make_unique<IpfixExporter>(
        std::move(sender), std::move(options),
        form == Form::IPFIX_BIFLOW ? FlowForm::BIFLOW : FlowForm::UNIFLOW);
  }
  rig.exporter->open();
  return rig;
}

TemplateReader readerOf(Form form) { return TemplateReader(form == Form::NETFLOW9 ? 9 : 10); }

void readAll(MemorySender& sender, TemplateReader& reader) {
  for (const Datagram& message : sender.messages) {
    CHECK(message.size() <= sender.maximumBytes);
    reader.read(message);
  }
  sender.messages.clear();
}

uint64_t macNumber(const MacAddress* address) {
  return address == nullptr ? 0 : integer(Octets(address->begin(), address->end()));
}

uint64_t expectedEthernetType(const FlowRecord& record, const DirectionRecord& direction) {
  if (direction.mplsTopLabel != 0) return 0x8847;
  if (record.insidePppoe) return 0x8864;
  return record.ipVersion == 4 ? 0x0800 : 0x86dd;
}

uint64_t expectedSegment(const FlowRecord& record) {
  static const std::map<Tunnel, uint64_t> KINDS = {{Tunnel::VXLAN, 1}, {Tunnel::GRE, 2}};
  const auto kind = KINDS.find(record.segmentTunnel);
  return (kind == KINDS.end() ? 0 : kind->second << 56U) | record.segmentId;
}

/// What the element of one direction must hold; written from IANA's registry.
uint64_t expected(uint16_t element, const FlowRecord& record, const DirectionRecord& direction) {
  switch (element) {
    case 1:
      return direction.octets;
    case 2:
      return direction.packets;
    case 4:
      return record.protocol;
    case 5:
      return direction.ipClassOfService;
    case 6:
      return direction.tcpFlags;
    case 7:
      return direction.sourcePort;
    case 10:
      return record.interfaceIndex;
    case 11:
      return direction.destinationPort;
    case 14:
      return 0;
    case 32:
    case 139:
      return direction.icmpTypeCode;
    case 56:
      return macNumber(direction.sourceMac);
    case 58:
    case 243:
      return record.vlanId;
    case 60:
      return record.ipVersion;
    case 61:
      return 0;
    case 70:
      return direction.mplsTopLabel;
    case 80:
      return macNumber(direction.destinationMac);
    case 95:
      return uint64_t{6} << 24U | record.application;
    case 136:
      return static_cast<uint64_t>(record.endReason);
    case 137:
      return 0;  // nothing named it
    case 148:
      return record.flowId;
    case 152:
      return static_cast<uint64_t>(direction.startMs);
    case 153:
      return static_cast<uint64_t>(direction.endMs);
    case 192:
      return direction.ipTimeToLive;
    case 239:
      return &direction == &record.forward ? 1 : 2;
    case 245:
      return record.customerVlanId;
    case 256:
      return expectedEthernetType(record, direction);
    case 351:
      return expectedSegment(record);
    default:
      FAIL("element ", element, " is not expected");
      return 0;
  }
}

void checkAddress(const Octets& octets, const IpAddress& address, uint8_t ipVersion) {
  REQUIRE(octets.size() == (ipVersion == 4 ? 4 : 16));
  CHECK(std::equal(octets.rbegin(), octets.rend(), address.rbegin()));
}

uint64_t expectedPrivate(uint16_t element, const FlowRecord& record,
                         const DirectionRecord& direction, const DirectionRecord& reverse) {
  if (element == 1) return direction.outerOctets;
  if (element == 0x4001) return reverse.outerOctets;
  CHECK(element == 2);
  return static_cast<uint64_t>(record.tunnel);
}

void checkField(const FieldKey& key, const Octets& octets, const FlowRecord& record,
                const DirectionRecord& direction, int64_t bootMs) {
  const DirectionRecord& reverse = &direction == &record.forward ? record.reverse : record.forward;
  const auto [space, element] = key;
  INFO("element " << element << " of enterprise " << space);
  if (space == ENTERPRISE) {
    CHECK(integer(octets) == expectedPrivate(element, record, direction, reverse));
  } else if (space == REVERSE_SPACE) {
    CHECK(integer(octets) == expected(element, record, reverse));
  } else if (element == 8 || element == 27) {
    checkAddress(octets, *direction.sourceAddress, record.ipVersion);
  } else if (element == 12 || element == 28) {
    checkAddress(octets, *direction.destinationAddress, record.ipVersion);
  } else if (element == 22) {
    CHECK(bootMs + static_cast<int64_t>(integer(octets)) == direction.startMs);
  } else if (element == 21) {
    CHECK(bootMs + static_cast<int64_t>(integer(octets)) == direction.endMs);
  } else {
    const uint64_t mask = octets.size() == 8 ? UINT64_MAX : (uint64_t{1} << 8 * octets.size()) - 1;
    // Only flags lose bits: v9 has eight of the nine.
    const uint64_t value = expected(element, record, direction);
    CHECK(integer(octets) == (element == 6 ? value & mask : value));
  }
}

void checkFlow(const ReadRecord& read, const FlowRecord& record, const DirectionRecord& direction,
               int64_t bootMs) {
  for (const auto& [key, octets] : read.fields) checkField(key, octets, record, direction, bootMs);
  for (const uint16_t element :
       {1, 2, 4, 5, 6, 10, 14, 56, 60, 61, 80, 95, 136, 137, 192, 239, 243, 245, 256})
    CHECK(read.has(element));
  const bool isEncapsulated = record.tunnel != Tunnel::NONE || record.forward.mplsTopLabel != 0 ||
                              record.reverse.mplsTopLabel != 0;
  for (const uint16_t element : {70, 351}) CHECK(read.has(element) == isEncapsulated);
}

/// Takes the records that `written` must have become off `flows`.
size_t checkWritten(const OwnedRecord& written, const std::vector<ReadRecord>& flows, size_t at,
                    Form form, int64_t bootMs) {
  const FlowRecord record = written.get();
  const bool isBiflow =
      form == Form::IPFIX_BIFLOW && record.forward.packets != 0 && record.reverse.packets != 0;
  for (const DirectionRecord* direction : {&record.forward, &record.reverse}) {
    if (direction->packets == 0) continue;
    REQUIRE(at < flows.size());
    CHECK(flows[at].fields.contains({REVERSE_SPACE, 1}) == isBiflow);
    checkFlow(flows[at++], record, *direction, bootMs);
    if (isBiflow) break;
  }
  return at;
}

void roundTrip(Form form, size_t maximumBytes, int records) {
  INFO("form " << static_cast<int>(form) << ", at most " << maximumBytes << " octets");
  TemplateExporterOptions options;
  options.observationDomain = 7;
  options.enterpriseNumber = maximumBytes % 2 == 0 ? ENTERPRISE : 0;
  options.applications = {{1, "one", "the first"}, {2, std::string(24, 'n'), std::string(55, 'd')}};
  Rig rig = makeRig(form, options);
  rig.sender->maximumBytes = maximumBytes;
  rig.exporter->tick(NOW_NS);
  std::mt19937_64 random(maximumBytes);
  std::vector<OwnedRecord> written;
  for (int i = 0; i < records; ++i) {
    // Runs of one version and alternations: sets must open and close rightly in both.
    const uint8_t version = (i / 50) % 2 == 0 ? 4 : (random() % 2 == 0 ? 4 : 6);
    written.push_back(randomRecord(random, NOW_NS, version));
    rig.exporter->write(written.back().get());
  }
  rig.exporter->flush();

  TemplateReader reader = readerOf(form);
  readAll(*rig.sender, reader);
  size_t at = 0;
  for (const OwnedRecord& record : written)
    at = checkWritten(record, reader.flows, at, form, reader.bootMs);
  CHECK(at == reader.flows.size());
  CHECK(at == rig.exporter->counters().records);
  CHECK(reader.observationDomain == 7);
  CHECK(reader.headerMs >= NOW_NS / 1'000'000);
}

TEST_CASE("a reader that follows the templates gets every field of every record back") {
  for (const Form form : {Form::NETFLOW9, Form::IPFIX_UNIFLOW, Form::IPFIX_BIFLOW}) {
    roundTrip(form, 1452, 1200);
    roundTrip(form, 65'535, 1200);
    for (size_t bytes = 512; bytes < 1500; bytes += 37) roundTrip(form, bytes, 40);
  }
}

TEST_CASE("the books: contents of all messages add up to what was written") {
  for (const Form form : {Form::NETFLOW9, Form::IPFIX_UNIFLOW, Form::IPFIX_BIFLOW}) {
    Rig rig = makeRig(form, {});
    rig.exporter->tick(NOW_NS);
    std::mt19937_64 random(4);
    MessageContents sum;
    for (int i = 0; i < 300; ++i) {
      const OwnedRecord owned = randomRecord(random, NOW_NS, i % 2 == 0 ? 4 : 6);
      rig.exporter->write(owned.get());
      for (const DirectionRecord* direction : {&owned.record.forward, &owned.record.reverse}) {
        sum.packets += direction->packets;
        sum.octets += direction->octets;
      }
    }
    rig.exporter->flush();
    MessageContents sent;
    for (const MessageContents& contents : rig.sender->contentsOf) {
      sent.records += contents.records;
      sent.packets += contents.packets;
      sent.octets += contents.octets;
    }
    const ExporterCounters counters = rig.exporter->counters();
    CHECK(sent.packets == sum.packets);
    CHECK(sent.octets == sum.octets);
    CHECK(counters.packets == sum.packets);
    CHECK(counters.octets == sum.octets);
    CHECK(counters.records == sent.records);
  }
}

TEST_CASE("a new session begins anew: templates first, sequence numbers from 0") {
  for (const Form form : {Form::NETFLOW9, Form::IPFIX_UNIFLOW, Form::IPFIX_BIFLOW}) {
    Rig rig = makeRig(form, {});
    std::mt19937_64 random(8);
    for (uint64_t session = 1; session < 4; ++session) {
      rig.sender->nextSession = session;
      TemplateReader reader = readerOf(form);
      for (int i = 0; i < 30; ++i) {
        rig.exporter->tick(NOW_NS + i * SECOND_NS);
        rig.exporter->write(randomRecord(random, NOW_NS, 4).get());
      }
      rig.exporter->flush();
      readAll(*rig.sender, reader);
      CHECK(reader.templates > 0);
      CHECK(reader.flows.size() > 10);
    }
  }
}

TEST_CASE("templates go out again by time and by count, over a stream once a session") {
  for (const Form form : {Form::NETFLOW9, Form::IPFIX_UNIFLOW}) {
    for (const bool reliable : {false, true}) {
      TemplateExporterOptions options;
      options.applications = {{1, "one", "the first"}};
      options.refreshMessages = 20;
      Rig rig = makeRig(form, options);
      rig.sender->reliable = reliable;
      TemplateReader reader = readerOf(form);
      const auto templatesAt = [&](int64_t second) {
        rig.exporter->tick(NOW_NS + second * SECOND_NS);
        readAll(*rig.sender, reader);
        return reader.templates;
      };
      const size_t all = templatesAt(0);
      CHECK(all >= 8);
      CHECK(templatesAt(59) == all);
      CHECK(templatesAt(60) == (reliable ? all : 2 * all));
      CHECK(reader.optionsWith(41).size() == 2);
      std::mt19937_64 random(1);
      while (rig.exporter->counters().sender.messages < 30) {
        rig.exporter->write(randomRecord(random, NOW_NS, 4).get());
      }
      CHECK(templatesAt(61) == (reliable ? all : 3 * all));
    }
  }
}

}  // namespace
}  // namespace weir
