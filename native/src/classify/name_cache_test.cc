// SPDX-License-Identifier: Apache-2.0
#include "classify/name_cache.h"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

#include "classify/test_flows.h"

namespace weir {
namespace {

using testing::ipv4;

constexpr int64_t SECOND_NS = 1'000'000'000;

IpAddress numbered(uint32_t number) {
  IpAddress address{};
  address[0] = 0x20;
  std::memcpy(&address[12], &number, sizeof number);
  return address;
}

DnsMessage response(const std::string& name, const std::vector<IpAddress>& addresses,
                    uint32_t ttlSeconds = 300) {
  DnsMessage message{.isResponse = true, .queryType = 1, .queryName = name, .answers = {}};
  for (const IpAddress& address : addresses) message.answers.push_back({address, ttlSeconds});
  return message;
}

std::string found(const NameCache& cache, const IpAddress& client, const IpAddress& server,
                  int64_t nowNs) {
  const std::string* const name = cache.find(client, server, nowNs);
  return name == nullptr ? "none" : *name;
}

TEST_CASE("what not all lanes heard is known to the client that asked alone") {
  NameCache cache(64);
  cache.learn(ipv4(1), response("one.example", {ipv4(9)}), 0, Audience::ONE_LANE);
  CHECK(found(cache, ipv4(1), ipv4(9), 1) == "one.example");
  CHECK(found(cache, ipv4(2), ipv4(9), 1) == "none");
  cache.learn(ipv4(1), response("one.example", {ipv4(9)}), 1);
  CHECK(found(cache, ipv4(2), ipv4(9), 2) == "one.example");
}

TEST_CASE("what a client asked for comes first, then what anybody did") {
  NameCache cache(64);
  CHECK(found(cache, ipv4(1), ipv4(9), 0) == "none");
  cache.learn(ipv4(1), response("one.example", {ipv4(9), ipv4(10)}), 0);
  cache.learn(ipv4(2), response("two.example", {ipv4(9)}), 1);
  CHECK(found(cache, ipv4(1), ipv4(9), 2) == "one.example");
  CHECK(found(cache, ipv4(2), ipv4(9), 2) == "two.example");
  CHECK(found(cache, ipv4(3), ipv4(9), 2) == "two.example");
  CHECK(found(cache, ipv4(3), ipv4(10), 2) == "one.example");
  CHECK(found(cache, ipv4(3), ipv4(11), 2) == "none");
}

TEST_CASE("only responses with a name teach") {
  NameCache cache(64);
  cache.learn(ipv4(1), response("", {ipv4(9)}), 0);
  DnsMessage query = response("a.example", {ipv4(9)});
  query.isResponse = false;
  cache.learn(ipv4(1), query, 0);
  cache.learn(ipv4(1), response("a.example", {}), 0);
  CHECK(found(cache, ipv4(1), ipv4(9), 1) == "none");
  CHECK(cache.nameCount() == 0);
}

TEST_CASE("names live for a minute at least and an hour at most") {
  for (const auto& [ttlSeconds, lifeSeconds] :
       {std::pair{0U, 60}, std::pair{90U, 90}, std::pair{UINT32_MAX, 3600}}) {
    NameCache cache(64);
    const int64_t startNs = 1'700'000'000 * SECOND_NS;
    cache.learn(ipv4(1), response("a.example", {ipv4(9)}, ttlSeconds), startNs);
    CHECK(found(cache, ipv4(1), ipv4(9), startNs + lifeSeconds * SECOND_NS - 1) == "a.example");
    CHECK(found(cache, ipv4(1), ipv4(9), startNs + lifeSeconds * SECOND_NS) == "none");
    CHECK(found(cache, ipv4(1), ipv4(9), startNs - SECOND_NS) == "a.example");
    CHECK(found(cache, ipv4(1), ipv4(9), 0) == "none");
  }
}

TEST_CASE("times at the ends of their range do not overflow") {
  NameCache cache(64);
  for (const int64_t nowNs : {INT64_MIN, INT64_MAX}) {
    cache.learn(ipv4(1), response("a.example", {ipv4(9)}, UINT32_MAX), nowNs);
    CHECK(found(cache, ipv4(1), ipv4(9), nowNs) == "a.example");
    CHECK(found(cache, ipv4(1), ipv4(9), 0) == "none");
  }
}

TEST_CASE("a cache without entries knows nothing") {
  NameCache cache(3);
  cache.learn(ipv4(1), response("a.example", {ipv4(9)}), 0);
  CHECK(found(cache, ipv4(1), ipv4(9), 1) == "none");
}

TEST_CASE("names are kept once, bounded, and leave with their last address") {
  constexpr uint32_t ENTRIES = 256;
  NameCache cache(ENTRIES);
  for (uint32_t server = 0; server < 50; ++server)
    cache.learn(numbered(server), response("shared.example", {numbered(server)}), 0);
  CHECK(cache.nameCount() == 1);
  std::mt19937 random(3);
  for (uint32_t i = 0; i < 20'000; ++i) {
    const std::string name = std::to_string(random() % 1000) + ".example";
    const auto client = numbered(random() % 100);
    cache.learn(client, response(name, {numbered(random()), numbered(i)}), i);
    CHECK(cache.nameCount() <= ENTRIES);
  }
  // One address again and again: at each time one name is behind it, and at the end one is left.
  NameCache small(4);
  for (uint32_t i = 0; i < 1000; ++i)
    small.learn(ipv4(1), response(std::to_string(i) + ".example", {ipv4(9)}), i);
  CHECK(small.nameCount() == 1);
  CHECK(found(small, ipv4(1), ipv4(9), 1000) == "999.example");
}

TEST_CASE("nothing that is found is what nobody learned") {
  NameCache cache(128);
  std::map<std::pair<uint32_t, uint32_t>, std::string> learned;
  std::map<uint32_t, std::set<std::string>> anybody;
  std::mt19937 random(4);
  size_t hits = 0;
  for (int64_t now = 0; now < 50'000; ++now) {
    const uint32_t client = random() % 8;
    const uint32_t server = random() % 60;
    if (random() % 2 == 0) {
      const std::string name = std::to_string(random() % 40) + ".example";
      cache.learn(numbered(client + 1000), response(name, {numbered(server)}), now);
      learned[{client, server}] = name;
      anybody[server].insert(name);
    } else if (const auto* name = cache.find(numbered(client + 1000), numbered(server), now)) {
      ++hits;
      CHECK(anybody[server].contains(*name));
    }
  }
  CHECK(hits > 1000);
}

TEST_CASE("what is in use stays while what is not makes room") {
  NameCache cache(4);
  const auto ask = [&](uint32_t number, int64_t nowNs) {
    cache.learn(numbered(number), response(std::to_string(number), {numbered(number)}), nowNs);
  };
  ask(1, 1);
  CHECK(found(cache, numbered(1), numbered(1), 10) == "1");
  ask(2, 5);
  ask(3, 20);  // its two entries take those that were used least lately: not the client's first
  CHECK(found(cache, numbered(1), numbered(1), 21) == "1");
}

TEST_CASE("long names that differ in one octet hash apart") {
  const NameHash hash(SeededHash::randomSeed());
  std::set<size_t> hashes;
  for (size_t at = 0; at < 253; ++at) {
    std::string name(253, 'a');
    name[at] = 'b';
    hashes.insert(hash(name));
    hashes.insert(hash(std::string(at, 'a')));
  }
  CHECK(hashes.size() == 2 * 253);
}

}  // namespace
}  // namespace weir
