// SPDX-License-Identifier: Apache-2.0
// What exporters tell of themselves, read by its templates.
#include <doctest/doctest.h>

#include "coded_error.h"
#include "export/ipfix_exporter.h"
#include "export/netflow9_exporter.h"
#include "export/test_collector.h"
#include "export/test_template_reader.h"

namespace weir {
namespace {

constexpr int64_t SECOND_NS = 1'000'000'000;
constexpr int64_t NOW_NS = 1'800'000'000 * SECOND_NS + 123'000'000;

std::vector<ApplicationRow> someApplications(uint32_t count) {
  std::vector<ApplicationRow> rows;
  for (uint32_t i = 0; i < count; ++i) rows.push_back({i, "app" + std::to_string(i), "text"});
  return rows;
}

/// An exporter of either protocol and what a collector has read of it.
class Told {
 public:
  Told(uint16_t version, TemplateExporterOptions options) : reader(version) {
    auto sender = std::make_unique<MemorySender>();
    sender_ = sender.get();
    if (version == 9) {
      exporter = std::make_unique<Netflow9Exporter>(std::move(sender), std::move(options));
    } else {
      exporter =
          std::make_unique<IpfixExporter>(std::move(sender), std::move(options), FlowForm::BIFLOW);
    }
    exporter->open();
    exporter->tick(NOW_NS);
  }

  void read() {
    for (const Datagram& message : sender_->messages) reader.read(message);
    sender_->messages.clear();
  }

  std::unique_ptr<TemplateExporter> exporter;
  TemplateReader reader;

 private:
  MemorySender* sender_;
};

TEST_CASE("a name is told ahead of the first record that has it, and with each announcement") {
  for (const uint16_t version : {9, 10}) {
    TemplateExporterOptions options;
    options.applications = someApplications(128);
    Told told(version, options);
    told.read();
    CHECK(told.reader.optionsWith(96).empty());
    std::mt19937_64 random(1);
    OwnedRecord owned = randomRecord(random, NOW_NS, 4);
    const auto write = [&](uint32_t application) {
      owned.record.application = application;
      told.exporter->write(owned.get());
      told.exporter->flush();
      told.read();
      return told.reader.optionsWith(96);
    };
    CHECK(write(7).size() == 1);
    CHECK(write(7).size() == 1);
    const std::vector<ReadRecord> rows = write(9);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].number(95) == (uint64_t{6} << 24U | 7));
    CHECK(rows[1].text(96) == "app9");
    CHECK(rows[1].text(94) == "text");
    CHECK(write(4711).size() == 2);
    told.exporter->tick(NOW_NS + 61 * SECOND_NS);
    told.read();
    CHECK(told.reader.optionsWith(96).size() == 4);
    told.exporter->setApplications(someApplications(5000));
    told.read();
    CHECK(told.reader.optionsWith(96).size() == 6);
    CHECK(write(4711).size() == 7);
  }
}

TEST_CASE(
    "what named a flow has a number, told ahead of its first record and with each announcement") {
  for (const uint16_t version : {9, 10}) {
    TemplateExporterOptions options;
    options.applications = someApplications(128);
    Told told(version, options);
    std::mt19937_64 random(1);
    OwnedRecord owned = randomRecord(random, NOW_NS, 4);
    owned.record.forward.packets = 1;
    FlowLabel label{.rule = RuleKind::MATCH, .confidence = Confidence::PAYLOAD};
    const auto write = [&](uint32_t application) {
      owned.record.application = application;
      owned.record.label = &label;
      told.exporter->write(owned.get());
      told.exporter->flush();
      told.read();
      return told.reader.flows.back().number(137);
    };
    const auto texts = [&] {
      std::map<uint64_t, std::string> all;
      for (const ReadRecord& row : told.reader.optionsWith(335))
        all[row.number(137)] = row.text(335);
      return all;
    };
    const uint64_t first = write(7);
    CHECK(write(7) == first);
    label.confidence = Confidence::BEHAVIOUR;
    const uint64_t second = write(7);
    label = {.ruleOrdinal = 299, .rule = RuleKind::SERVER_NAMES, .confidence = Confidence::NAME};
    const uint64_t third = write(9);
    CHECK(write(4711) == 0);
    const std::map<uint64_t, std::string> expected = {{first, "app7/match/1, payload"},
                                                      {second, "app7/match/1, behaviour"},
                                                      {third, "app9/serverNames/300, name"}};
    CHECK(expected.size() == 3);
    CHECK(texts() == expected);
    CHECK(told.reader.optionsWith(335).size() == 3);
    told.exporter->tick(NOW_NS + 61 * SECOND_NS);
    told.read();
    CHECK(told.reader.optionsWith(335).size() == 6);
    CHECK(texts() == expected);
    owned.record.label = nullptr;
    told.exporter->write(owned.get());
    told.exporter->flush();
    told.read();
    CHECK(told.reader.flows.back().number(137) == 0);
  }
}

TEST_CASE("names of interfaces are told, and cut where a character ends") {
  for (const uint16_t version : {9, 10}) {
    Told told(version, {});
    std::string longText;
    while (longText.size() < 300) longText += "\u00e4\u20ac";
    told.exporter->setInterfaces({{70'000, "eth0", "uplink"}, {2, "x", longText}});
    told.read();
    const std::vector<ReadRecord> rows = told.reader.optionsWith(82);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].number(10) == 70'000);
    CHECK(rows[0].text(82) == "eth0");
    CHECK(rows[0].text(83) == "uplink");
    const std::string cut = rows[1].text(83);
    CHECK(cut.size() > 60);
    CHECK(longText.starts_with(cut));
    CHECK((static_cast<uint8_t>(longText[cut.size()]) & 0xc0U) != 0x80);
  }
}

TEST_CASE("a change of sampling is told at once, behind the records that it does not touch") {
  for (const uint16_t version : {9, 10}) {
    Told told(version, {});
    told.read();
    CHECK(told.reader.optionsWith(34).back().number(34) == 1);
    std::mt19937_64 random(1);
    OwnedRecord owned = randomRecord(random, NOW_NS, 4);
    owned.record.forward.packets = 1;
    told.exporter->write(owned.get());
    told.exporter->setSampling({100, SamplingAlgorithm::SYSTEMATIC_COUNT});
    told.read();
    CHECK(told.reader.flows.size() >= 1);
    CHECK(told.reader.optionsWith(34).back().number(34) == 100);
    CHECK(told.reader.optionsWith(34).back().number(35) == 1);
    told.exporter->setSampling({8, SamplingAlgorithm::RANDOM_OUT_OF_N});
    told.read();
    CHECK(told.reader.optionsWith(34).back().number(34) == 8);
    CHECK(told.reader.optionsWith(34).back().number(35) == 2);
    const size_t before = told.reader.options.size();
    told.exporter->setSampling({8, SamplingAlgorithm::RANDOM_OUT_OF_N});
    told.read();
    CHECK(told.reader.options.size() == before);
  }
}

TEST_CASE("v9 tells sampling as a sampler, too") {
  Told told(9, {});
  told.exporter->setSampling({100, SamplingAlgorithm::RANDOM_OUT_OF_N});
  told.read();
  const ReadRecord sampler = told.reader.optionsWith(48).back();
  CHECK(sampler.number(49) == 2);
  CHECK(sampler.number(50) == 100);
}

TEST_CASE("IPFIX tells sampling with the parameters of its algorithm (RFC 5477)") {
  Told told(10, {});
  told.exporter->setSampling({100, SamplingAlgorithm::SYSTEMATIC_COUNT});
  told.read();
  const ReadRecord systematic = told.reader.optionsWith(302).back();
  CHECK(systematic.number(304) == 1);
  CHECK(systematic.number(305) == 1);
  CHECK(systematic.number(306) == 99);
  told.exporter->setSampling({100, SamplingAlgorithm::RANDOM_OUT_OF_N});
  told.read();
  const ReadRecord random = told.reader.optionsWith(302).back();
  CHECK(random.number(304) == 3);
  CHECK(random.number(309) == 1);
  CHECK(random.number(310) == 100);
}

TEST_CASE("statistics say what was sent, what failed and what is in no record") {
  for (const uint16_t version : {9, 10}) {
    Told told(version, {});
    std::mt19937_64 random(2);
    for (int i = 0; i < 100; ++i) told.exporter->write(randomRecord(random, NOW_NS, 4).get());
    told.exporter->setIgnored({12, 3456});
    told.exporter->finish();
    const ExporterCounters counters = told.exporter->counters();
    told.read();
    const ReadRecord last = told.reader.optionsWith(42).back();
    CHECK(last.number(42) == counters.records);
    CHECK(last.number(42) == told.reader.flows.size());
    // RFC 7011 4.1: messages before the one that tells.
    CHECK(last.number(41) == counters.sender.messages - 1);
    CHECK(last.number(40) < counters.sender.messageOctets);
    CHECK(last.number(164) == 12);
    CHECK(last.number(165) == 3456);
    CHECK(last.number(166) == 0);
  }
}

TEST_CASE("what is in no record is told at once when that is asked for") {
  for (const uint16_t version : {9, 10}) {
    Told told(version, {});
    told.read();
    std::mt19937_64 random(4);
    told.exporter->write(randomRecord(random, NOW_NS, 4).get());
    told.exporter->setIgnored({12, 3456});
    const size_t before = told.reader.optionsWith(164).size();
    told.exporter->tellStatistics();
    told.read();
    REQUIRE(told.reader.optionsWith(164).size() == before + 1);
    CHECK(told.reader.optionsWith(164).back().number(164) == 12);
  }
}

/// Keeps messages on their way until it is told what has become of them.
class SlowSender final : public MessageSender {
 public:
  void open() override {}
  [[nodiscard]] size_t maximumMessageBytes() const override { return MAXIMUM_DATAGRAM_BYTES; }
  void send(std::span<const uint8_t> message, const MessageContents& contents) override {
    messages.emplace_back(message.begin(), message.end());
    contents_.push_back(contents);
  }
  enum class Fate : uint8_t { ARRIVED, LOST };
  void settle(Fate fate) {
    for (const MessageContents& contents : std::exchange(contents_, {})) {
      if (fate == Fate::ARRIVED) noteSent(100, contents);
      if (fate == Fate::LOST) noteFailed(contents, FailureReason::CONNECTION_LOST);
    }
  }
  std::vector<Datagram> messages;

 private:
  std::vector<MessageContents> contents_;
};

TEST_CASE("records count as sent when their messages are, and the total never falls") {
  auto owned = std::make_unique<SlowSender>();
  SlowSender& sender = *owned;
  Netflow9Exporter exporter(std::move(owned), {});
  exporter.open();
  exporter.tick(NOW_NS);
  TemplateReader reader(9);
  std::mt19937_64 random(5);
  const auto toldAfter = [&](SlowSender::Fate fate) {
    for (int i = 0; i < 20; ++i) exporter.write(randomRecord(random, NOW_NS, 4).get());
    exporter.tellStatistics();
    for (const Datagram& message : std::exchange(sender.messages, {})) reader.read(message);
    const uint64_t whileUnderWay = reader.optionsWith(42).back().number(42);
    sender.settle(fate);
    exporter.tellStatistics();
    for (const Datagram& message : std::exchange(sender.messages, {})) reader.read(message);
    return std::pair(whileUnderWay, reader.optionsWith(42).back().number(42));
  };
  const auto [nothing, first] = toldAfter(SlowSender::Fate::ARRIVED);
  CHECK(nothing == 0);
  CHECK(first == reader.flows.size());
  CHECK(toldAfter(SlowSender::Fate::LOST) == std::pair(first, first));
  const size_t lost = reader.flows.size() - first;
  CHECK(lost > 0);
  CHECK(reader.optionsWith(42).back().number(166) == lost);
  const auto last = toldAfter(SlowSender::Fate::ARRIVED);
  CHECK(last == std::pair(first, reader.flows.size() - lost));
}

TEST_CASE("what a collector did not get is told when it can be") {
  auto nowhere = std::make_unique<DatagramSender>(CollectorAddress{"127.0.0.1", 1}, SendMode::WAIT);
  Netflow9Exporter exporter(std::move(nowhere), {});
  exporter.open();
  std::mt19937_64 random(3);
  for (int second = 0; second < 50; ++second) {
    exporter.tick(NOW_NS + second * SECOND_NS);
    OwnedRecord owned = randomRecord(random, NOW_NS, 4);
    owned.record.forward.packets = 1;
    exporter.write(owned.get());
  }
  exporter.flush();
  CHECK(exporter.counters().sender.messages + exporter.counters().sender.failedMessages >= 50);
  CHECK(exporter.counters().sender.unreachableMessages > 0);
}

TEST_CASE("private elements have type information, and exist only under an enterprise number") {
  Told without(10, {});
  without.read();
  CHECK(without.reader.optionsWith(346).empty());
  TemplateExporterOptions options;
  options.enterpriseNumber = 64'999;
  Told with(10, options);
  with.read();
  const std::vector<ReadRecord> types = with.reader.optionsWith(346);
  REQUIRE(types.size() == 3);
  CHECK(types[0].number(346) == 64'999);
  CHECK(types[0].number(303) == 1);
  CHECK(types[0].number(339) == 4);  // unsigned64
  CHECK(types[0].number(344) == 3);  // deltaCounter
  CHECK(types[0].number(345) == 2);  // octets
  CHECK(types[0].text(341) == "outerOctetDeltaCount");
  CHECK(!types[0].text(340).empty());
}

TEST_CASE("a name that cannot be resolved is an error with a code") {
  DatagramSender sender({"no-such-host.invalid", 2055}, SendMode::WAIT);
  CHECK_THROWS_WITH_AS(sender.open(), doctest::Contains("no-such-host.invalid"), CodedError);
}

}  // namespace
}  // namespace weir
