// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/template_octets.h"

#include <doctest/doctest.h>

#include <random>

using namespace weir::collect;

TEST_CASE("a template that was written is read as it was") {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    TemplateDefinition definition{.id = static_cast<uint16_t>(256 + random() % 1000)};
    for (uint32_t field = random() % 40; field-- > 0;)
      definition.fields.push_back({static_cast<uint32_t>(random()), static_cast<uint16_t>(random()),
                                   static_cast<uint16_t>(random())});
    definition.kind = random() % 2 == 0 ? TemplateKind::DATA : TemplateKind::OPTIONS;
    definition.scopeFields = static_cast<uint16_t>(random() % (definition.fields.size() + 1));
    CHECK(readTemplateOctets(definition.id, templateOctets(definition)) == definition);
  }
}

TEST_CASE("what is no template is not read, whatever it is") {
  const TemplateDefinition definition{
      .id = 300, .scopeFields = 1, .fields = {{0, 8, 4}, {9, 1, 2}}};
  const std::vector<uint8_t> whole = templateOctets(definition);
  for (size_t length = 0; length < whole.size(); ++length) {
    if (length == 12) continue;  // ends between two fields: a shorter template
    CHECK_FALSE(readTemplateOctets(300, std::span(whole).first(length)));
  }
  std::vector<uint8_t> otherVersion = whole;
  otherVersion[0] = 2;
  CHECK_FALSE(readTemplateOctets(300, otherVersion));
  std::vector<uint8_t> otherKind = whole;
  otherKind[1] = 2;
  CHECK_FALSE(readTemplateOctets(300, otherKind));
  std::vector<uint8_t> scopes = whole;
  scopes[3] = 3;
  CHECK_FALSE(readTemplateOctets(300, scopes));
}
