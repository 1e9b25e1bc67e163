// SPDX-License-Identifier: Apache-2.0
#include "classify/server_names.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "classify/test_signature_dump.h"

namespace weir {
namespace {

SignatureSet setOf(std::vector<ServerNameRule> rules) {
  SignatureSet set;
  set.serverNames = std::move(rules);
  return set;
}

/// What the table promises, said another way: every rule is tried on the whole name.
uint32_t naiveFind(const std::vector<ServerNameRule>& rules, std::string name) {
  if (!name.empty() && name.back() == '.') name.pop_back();
  uint32_t found = ServerNames::NO_RULE;
  size_t longest = 0;
  for (uint32_t i = 0; i < rules.size(); ++i) {
    const std::string& suffix = rules[i].suffix;
    const bool isWhole = name == suffix;
    if (rules[i].isExact && isWhole) return i;
    const bool isBelow = name.size() > suffix.size() && name.ends_with("." + suffix);
    if (rules[i].isExact || (!isWhole && !isBelow) || suffix.size() <= longest) continue;
    longest = suffix.size();
    found = i;
  }
  return found;
}

/// Few different labels, so that names meet often; empty ones too, as a stranger may send.
std::string randomName(std::mt19937& random, size_t labelsMax) {
  static const std::string LABELS[] = {"a", "b", "ab", "ba", "x-1", "com", "net", ""};
  std::string name;
  for (size_t i = 1 + random() % labelsMax; i > 0; --i) {
    if (!name.empty()) name += '.';
    name += LABELS[random() % std::size(LABELS)];
  }
  return name;
}

std::vector<ServerNameRule> randomRules(std::mt19937& random) {
  std::vector<ServerNameRule> rules;
  for (size_t i = random() % 60; i > 0; --i) {
    ServerNameRule rule{.suffix = randomName(random, 4), .isExact = random() % 3 == 0};
    const bool isKnown = std::any_of(rules.begin(), rules.end(), [&](const auto& one) {
      return one.suffix == rule.suffix && one.isExact == rule.isExact;
    });
    const std::string& text = rule.suffix;
    if (!isKnown && !text.empty() && text.front() != '.' && text.back() != '.')
      rules.push_back(std::move(rule));
  }
  return rules;
}

TEST_CASE("a server's name is looked up by labels, exact names first, then the longest suffix") {
  const ServerNames names(setOf({{.suffix = "youtube.com"},
                                 {.suffix = "google.com"},
                                 {.suffix = "mail.google.com"},
                                 {.suffix = "google.com", .isExact = true}}));
  CHECK(names.find("youtube.com") == 0);
  CHECK(names.find("m.youtube.com") == 0);
  CHECK(names.find("m.youtube.com.") == 0);
  CHECK(names.find("myyoutube.com") == ServerNames::NO_RULE);
  CHECK(names.find("youtube.com.example") == ServerNames::NO_RULE);
  CHECK(names.find("com") == ServerNames::NO_RULE);
  CHECK(names.find("") == ServerNames::NO_RULE);
  CHECK(names.find(".") == ServerNames::NO_RULE);
  CHECK(names.find("www.google.com") == 1);
  CHECK(names.find("a.mail.google.com") == 2);
  CHECK(names.find("google.com") == 3);
  CHECK(ServerNames(setOf({})).find("google.com") == ServerNames::NO_RULE);
}

TEST_CASE("names longer than any host's have no service") {
  const ServerNames names(setOf({{.suffix = "a.b"}}));
  std::string name = "a.b";
  while (name.size() < 252) name.insert(0, "a.");
  CHECK(name.size() == 253);
  CHECK(names.find(name) == 0);
  CHECK(names.find(name + '.') == 0);
  CHECK(names.find("a." + name) == ServerNames::NO_RULE);
  CHECK(names.find(std::string(70'000, '.')) == ServerNames::NO_RULE);
}

TEST_CASE("the table finds what trying all rules finds") {
  std::mt19937 random(4);
  size_t found = 0;
  for (int round = 0; round < 300; ++round) {
    const std::vector<ServerNameRule> rules = randomRules(random);
    const ServerNames names(setOf(rules));
    for (int i = 0; i < 100; ++i) {
      std::string name = randomName(random, 6);
      if (random() % 4 == 0) name += '.';
      CAPTURE(name);
      const uint32_t rule = names.find(name);
      REQUIRE(rule == naiveFind(rules, name));
      found += rule == ServerNames::NO_RULE ? 0U : 1U;
    }
  }
  CHECK(found > 1'000);
}

TEST_CASE("each of Weir's own names is found, and none by a name that only ends like it") {
  const SignatureDump* dump = SignatureDumpReader::fromEnvironment();
  if (dump == nullptr) {
    MESSAGE("skipped: WEIR_SIGNATURE_DUMP is not set");
    return;
  }
  const ServerNames names(dump->set);
  for (uint32_t i = 0; i < dump->set.serverNames.size(); ++i) {
    const ServerNameRule& rule = dump->set.serverNames[i];
    CAPTURE(rule.suffix);
    CHECK(names.find(rule.suffix) == naiveFind(dump->set.serverNames, rule.suffix));
    CHECK(names.find("x-" + rule.suffix) == naiveFind(dump->set.serverNames, "x-" + rule.suffix));
    if (!rule.isExact) CHECK(names.find("x.no-such-label." + rule.suffix) == i);
  }
}

}  // namespace
}  // namespace weir
