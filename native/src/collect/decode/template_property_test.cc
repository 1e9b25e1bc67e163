// SPDX-License-Identifier: Apache-2.0
// Any template, any records: what an encoder that knows nothing of the decoder wrote comes out.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "collect/decode/generated/iana_elements.h"
#include "collect/decode/test_messages.h"

using namespace weir::collect;
using namespace weir::collect::test;
using namespace weir::collect::element;

namespace {

/// Elements with the lengths that exporters use, and the column that must show the value.
struct Known {
  uint16_t element;
  std::vector<uint16_t> lengths;
  uint64_t (*value)(const FlowColumns&, size_t row);
};

const std::vector<Known> KNOWN{
    {octetDeltaCount, {4, 8, 3, 6, 5}, [](auto& c, size_t row) { return c.octets[row]; }},
    {packetDeltaCount, {4, 8, 5, 7}, [](auto& c, size_t row) { return c.packets[row]; }},
    {ipClassOfService,
     {1},
     [](auto& c, size_t row) -> uint64_t { return c.ipClassOfService[row]; }},
    {tcpControlBits, {1, 2}, [](auto& c, size_t row) -> uint64_t { return c.tcpControlBits[row]; }},
    {sourceTransportPort,
     {2, 1},
     [](auto& c, size_t row) -> uint64_t { return c.sourceTransportPort[row]; }},
    {destinationTransportPort,
     {2, 1},
     [](auto& c, size_t row) -> uint64_t { return c.destinationTransportPort[row]; }},
    {ingressInterface,
     {2, 4, 3},
     [](auto& c, size_t row) -> uint64_t { return c.ingressInterface[row]; }},
    {egressInterface,
     {2, 4, 1},
     [](auto& c, size_t row) -> uint64_t { return c.egressInterface[row]; }},
    {vlanId, {2}, [](auto& c, size_t row) -> uint64_t { return c.vlanId[row]; }},
    {flowDirection, {1}, [](auto& c, size_t row) -> uint64_t { return c.flowDirection[row]; }},
    {flowEndReason, {1}, [](auto& c, size_t row) -> uint64_t { return c.flowEndReason[row]; }},
    {bgpSourceAsNumber,
     {2, 4},
     [](auto& c, size_t row) -> uint64_t { return c.bgpSourceAsNumber[row]; }},
    {bgpDestinationAsNumber,
     {2, 4},
     [](auto& c, size_t row) -> uint64_t { return c.bgpDestinationAsNumber[row]; }},
    {flowEndMilliseconds,
     {8},
     [](auto& c, size_t row) -> uint64_t { return c.flowEndMilliseconds[row]; }},
};
const std::vector<FieldSpec> UNKNOWN{{0, 999, 3},
                                     {0, interfaceName, 8},
                                     {9, 12234, 12},
                                     {0, basicList, VARIABLE_LENGTH},
                                     {4242, 1, VARIABLE_LENGTH},
                                     {0, paddingOctets, 1}};

struct Field {
  FieldSpec spec;
  const Known* known = nullptr;
};

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  uint64_t below(uint64_t limit) { return engine_() % limit; }
  bool oneOf(uint64_t count) { return below(count) == 0; }
  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
};

std::vector<Field> randomForm(Random& random, ExportProtocol protocol) {
  std::vector<Field> fields{{{0, sourceIPv4Address, 4}}};
  for (const Known& known : KNOWN) {
    if (random.oneOf(3)) continue;
    const uint16_t length = known.lengths[random.below(known.lengths.size())];
    const bool isVariable = random.oneOf(9);
    fields.push_back({{0, known.element, isVariable ? VARIABLE_LENGTH : length}, &known});
  }
  for (const FieldSpec& spec : UNKNOWN) {
    const bool isIana = spec.enterprise == IANA;
    if (random.oneOf(2) && (isIana || protocol == ExportProtocol::IPFIX)) fields.push_back({spec});
  }
  std::shuffle(fields.begin(), fields.end(), random.engine());
  return fields;
}

uint64_t randomValue(Random& random, const Field& field) {
  if (field.spec.element == flowEndMilliseconds) return EXPORT_MS - random.below(1'000'000'000);
  const uint16_t length = field.spec.length == VARIABLE_LENGTH ? 1 : field.spec.length;
  return length >= 8 ? random.engine()() : random.below(uint64_t{1} << (8 * length));
}

/// Writes one field, and its own length before it where it has one, in either form of it.
void putValue(Random& random, Octets& to, const Field& field, uint64_t value) {
  if (field.spec.length != VARIABLE_LENGTH) return put(to, value, field.spec.length);
  size_t length = random.below(300);
  if (field.known != nullptr) length = field.spec.element == flowEndMilliseconds ? 8 : 1;
  const bool isLong = length >= 255 || random.oneOf(4);
  if (isLong) put(to, 255, 1);
  put(to, length, isLong ? 2 : 1);
  put(to, value, length);
}

void checkForm(Random& random, ExportProtocol protocol) {
  const auto fields = randomForm(random, protocol);
  std::vector<FieldSpec> specs;
  for (const Field& field : fields) specs.push_back(field.spec);
  std::vector<std::vector<uint64_t>> records(1 + random.below(20));
  Octets data;
  for (auto& record : records) {
    for (const Field& field : fields) {
      record.push_back(field.known == nullptr ? random.engine()() : randomValue(random, field));
      putValue(random, data, field, record.back());
    }
  }
  // Records are longer than the padding.
  data.resize(data.size() + random.below(4));
  Decoding decoding;
  const bool isIpfix = protocol == ExportProtocol::IPFIX;
  const Octets sets = concat({set(isIpfix ? 2 : 0, templateOf(300, specs)), set(300, data)});
  decoding.take(isIpfix ? ipfix({}, sets) : netflow9({}, sets));
  REQUIRE(decoding.columns.rows == records.size());
  for (size_t row = 0; row < records.size(); ++row)
    for (size_t i = 0; i < fields.size(); ++i)
      if (fields[i].known != nullptr)
        REQUIRE(fields[i].known->value(decoding.columns, row) == records[row][i]);
  CHECK(decoding.count(DecodeCount::malformedRecord) == 0);
  CHECK(decoding.count(DecodeCount::malformedSet) == 0);
}

}  // namespace

TEST_CASE("records come out of any template as they went in") {
  Random random(6);
  for (int round = 0; round < 400; ++round) {
    CAPTURE(round);
    checkForm(random, ExportProtocol::IPFIX);
    checkForm(random, ExportProtocol::NETFLOW9);
  }
}
