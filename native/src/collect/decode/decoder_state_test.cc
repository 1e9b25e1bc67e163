// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "collect/decode/generated/iana_elements.h"
#include "collect/decode/test_messages.h"

using namespace weir::collect;
using namespace weir::collect::test;
using namespace weir::collect::element;

namespace {

const std::vector<FieldSpec> FLOW{
    {0, sourceIPv4Address, 4}, {0, octetDeltaCount, 4}, {0, applicationId, 4}, {0, samplerId, 1}};

Octets flowRecord() { return bytes({{0x0a000001, 4}, {100, 4}, {0x06000016, 4}, {3, 1}}); }

Octets options() {
  const std::vector<FieldSpec> names{
      {0, 1, 4}, {0, applicationId, 4}, {0, applicationName, 12}, {0, applicationCategoryName, 8}};
  const std::vector<FieldSpec> samplers{
      {0, 1, 4}, {0, samplerId, 1}, {0, samplerRandomInterval, 4}};
  Octets name = bytes({{0, 4}, {0x06000016, 4}});
  append(name, text("BitTorrent"));
  name.resize(20);
  append(name, text("p2p"));
  name.resize(28);
  return concat({set(1, netflow9OptionsTemplate(301, 1, names)),
                 set(1, netflow9OptionsTemplate(302, 1, samplers)), set(301, name),
                 set(302, bytes({{0, 4}, {3, 1}, {100, 4}}))});
}

}  // namespace

TEST_CASE("what was told before a restart holds after it") {
  Decoding before;
  before.take(netflow9({5}, concat({options(), set(0, templateOf(300, FLOW))})));
  const Octets state = before.decoder.exportState();

  Decoding after;
  REQUIRE(after.decoder.importState(state, after.now));
  after.take(netflow9({6}, set(300, flowRecord())));
  REQUIRE(after.columns.rows == 1);
  CHECK(after.columns.octets[0] == 10'000);
  CHECK(after.columns.samplingInterval[0] == 100);
  CHECK(after.name(after.columns.applicationName[0]) == "BitTorrent");
  CHECK(after.name(after.columns.applicationCategory[0]) == "p2p");
  CHECK(after.name(after.columns.applicationConfidence[0]) == "payload");
  CHECK(after.decoder.domains()[0].sequence.lostUnits == 0);
}

TEST_CASE("a state that is torn, changed or of another version is refused whole") {
  Decoding before;
  before.take(netflow9({5}, concat({options(), set(0, templateOf(300, FLOW))})));
  const Octets state = before.decoder.exportState();
  for (size_t i = 0; i < state.size(); ++i) {
    Decoding after;
    Octets changed = state;
    changed[i] ^= 1U;
    CHECK_FALSE(after.decoder.importState(changed, after.now));
    CHECK_FALSE(after.decoder.importState(std::span(state).first(i), after.now));
    CHECK(after.decoder.domains().empty());
  }
}

TEST_CASE("a state of before namings were kept is read") {
  Decoding before;
  before.take(netflow9({5}, set(0, templateOf(300, FLOW))));
  Octets state = before.decoder.exportState();
  // No options: the last counts are all zero, and it had one less.
  state.resize(state.size() - 4);
  state[7] = 2;
  uint64_t sum = 0xcbf2'9ce4'8422'2325;
  for (size_t i = 16; i < state.size(); ++i) sum = (sum ^ state[i]) * 0x100'0000'01b3;
  for (size_t i = 0; i < 8; ++i) state[8 + i] = static_cast<uint8_t>(sum >> (56 - 8 * i));
  Decoding after;
  REQUIRE(after.decoder.importState(state, after.now));
  after.take(netflow9({6}, set(300, flowRecord())));
  CHECK(after.columns.rows == 1);
}

TEST_CASE("a lane takes only the exporters that are its own") {
  Decoding before;
  before.take(netflow9({5}, set(0, templateOf(300, FLOW))));
  Decoding after;
  CHECK(after.decoder.importState(before.decoder.exportState(), after.now,
                                  [](const Address&) { return false; }));
  CHECK(after.decoder.domains().empty());
}

TEST_CASE("templates are shared once after each change, and never over what is in use") {
  Decoding one;
  one.take(netflow9({1}, set(0, templateOf(300, FLOW))));
  std::vector<SharedTemplate> shared;
  const auto keep = [&](const SharedTemplate& form) { shared.push_back(form); };
  const uint64_t change = one.decoder.forEachTemplate(0, keep);
  REQUIRE(shared.size() == 1);
  one.take(netflow9({2}, set(0, templateOf(300, FLOW))));
  CHECK(one.decoder.forEachTemplate(change, keep) == change);
  CHECK(shared.size() == 1);

  Decoding other;
  other.take(netflow9({7}, set(300, flowRecord())));
  other.decoder.importTemplate(shared[0], other.now);
  other.take(netflow9({8}, set(300, flowRecord())));
  CHECK(other.columns.rows == 2);
  other.take(netflow9({9}, set(0, templateOf(300, FLOW))));
  shared[0].definition.fields.pop_back();
  other.decoder.importTemplate(shared[0], other.now);
  other.take(netflow9({10}, set(300, flowRecord())));
  CHECK(other.columns.rows == 3);
}

TEST_CASE("of templates with one id that holds which was told last, in whatever order they come") {
  const std::vector<FieldSpec> later{{0, octetDeltaCount, 4}, {0, sourceIPv4Address, 4}};
  std::vector<SharedTemplate> shared;
  const auto keep = [&](const SharedTemplate& form) { shared.push_back(form); };
  for (const auto& fields : {FLOW, later}) {
    Decoding source;
    source.now += static_cast<int64_t>(shared.size()) * 60'000;
    source.take(netflow9({1}, set(0, templateOf(300, fields))));
    source.decoder.forEachTemplate(0, keep);
  }
  const auto newest = [&](std::initializer_list<size_t> order) {
    Decoding decoding;
    decoding.now += 120'000;
    for (const size_t i : order) decoding.decoder.importTemplate(shared[i], decoding.now);
    size_t fields = 0;
    decoding.decoder.forEachTemplate(
        0, [&](const SharedTemplate& form) { fields = form.definition.fields.size(); });
    return fields;
  };
  CHECK(newest({0, 1}) == later.size());
  CHECK(newest({1, 0}) == later.size());
  CHECK(newest({1, 0, 1, 0}) == later.size());

  // Its exporter told it here, went to another collector and told that something else.
  Decoding left;
  left.take(netflow9({1}, set(0, templateOf(300, FLOW))));
  left.decoder.importTemplate(shared[1], left.now + 120'000);
  left.take(netflow9({2}, set(300, bytes({{700, 4}, {0x0a000001, 4}}))));
  REQUIRE(left.columns.rows == 1);
  CHECK(left.columns.octets[0] == 700);
}

TEST_CASE("a collector whose clock is ahead is not right for ever") {
  Decoding decoding;
  decoding.take(netflow9({1}, set(0, templateOf(300, FLOW))));
  std::vector<SharedTemplate> shared;
  decoding.decoder.forEachTemplate(0, [&](const auto& form) { shared.push_back(form); });
  shared[0].toldMilliseconds += 1'000'000'000;
  Decoding other;
  other.decoder.importTemplate(shared[0], other.now);
  shared[0].definition.fields.pop_back();
  shared[0].toldMilliseconds = other.now + 1000;
  other.decoder.importTemplate(shared[0], other.now + 1000);
  other.decoder.forEachTemplate(
      0, [&](const auto& form) { CHECK(form.definition.fields.size() == FLOW.size() - 1); });
}
