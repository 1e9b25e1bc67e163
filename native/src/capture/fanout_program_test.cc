// SPDX-License-Identifier: Apache-2.0
// Which lane the kernel will choose, for any seed; packet_ring_test.cc has the kernel choose.
#include "capture/fanout_program.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "capture/test_classic_bpf.h"
#include "decode/test_encapsulations.h"

using namespace weir;
using namespace weir::test;

namespace {

constexpr uint32_t LANES = 4;

/// What FanoutSeed::random() gives, the same each time.
FanoutSeed seedOf(uint32_t number) {
  std::mt19937 random(number);
  FanoutSeed seed;
  seed.addend = random();
  for (uint32_t& multiplier : seed.multipliers) multiplier = random() | 1U;
  return seed;
}

struct Frames {
  Octets there;
  Octets back;
};

std::string dotted(uint32_t address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8)
    text += (text.empty() ? "" : ".") + std::to_string(address >> shift & 0xffU);
  return text;
}

Frames ipv4Frames(uint32_t one, uint32_t other) {
  const Octets body = udp({}, Octets(20, 1));
  return {framed(IPV4_TYPE, ipv4({.source = dotted(one), .destination = dotted(other)}, body)),
          framed(IPV4_TYPE, ipv4({.source = dotted(other), .destination = dotted(one)}, body))};
}

Frames ipv6Frames(const std::string& one, const std::string& other) {
  const Octets body = udp({}, Octets(20, 1));
  return {framed(IPV6_TYPE, ipv6({one, other}, body)), framed(IPV6_TYPE, ipv6({other, one}, body))};
}

std::string groupsOf(uint64_t interfaceId) {
  char text[40];
  std::snprintf(text, sizeof text, "2001:db8::%x:%x:%x:%x",
                static_cast<unsigned>(interfaceId >> 48U),
                static_cast<unsigned>(interfaceId >> 32U & 0xffffU),
                static_cast<unsigned>(interfaceId >> 16U & 0xffffU),
                static_cast<unsigned>(interfaceId & 0xffffU));
  return text;
}

/// Pairs of both IP versions: random ones, and networks that are numbered alike.
std::vector<Frames> manyPairs() {
  std::vector<Frames> pairs;
  std::mt19937_64 random(3);
  for (uint32_t i = 0; i < 1000; ++i) {
    const uint64_t word = random();
    pairs.push_back(ipv4Frames(static_cast<uint32_t>(word >> 32U), static_cast<uint32_t>(word)));
    pairs.push_back(ipv4Frames(0x0a010000U + i, 0x0a020000U + i));
    pairs.push_back(ipv4Frames(0x0a010000U + i, 0xc0a80001U));
    pairs.push_back(ipv6Frames(groupsOf(word), groupsOf(i)));
    pairs.push_back(ipv6Frames(groupsOf(i), groupsOf((uint64_t{1} << 48U) + i)));
  }
  return pairs;
}

using Counts = std::array<uint32_t, LANES>;

Counts countsOf(const std::vector<Frames>& pairs, uint32_t seed) {
  ClassicBpf program(fanoutProgram(LinkType::ETHERNET, seedOf(seed)));
  Counts counts{};
  for (const Frames& pair : pairs) ++counts[program(pair.there) % LANES];
  return counts;
}

TEST_CASE("both directions have one lane, whatever the seed") {
  const auto pairs = manyPairs();
  for (uint32_t seed = 0; seed < 20; ++seed) {
    ClassicBpf program(fanoutProgram(LinkType::ETHERNET, seedOf(seed)));
    for (const Frames& pair : pairs) CHECK(program(pair.there) == program(pair.back));
  }
}

TEST_CASE("whatever the seed, pairs are spread over the lanes") {
  const auto pairs = manyPairs();
  for (uint32_t seed = 0; seed < 20; ++seed) {
    for (const uint32_t count : countsOf(pairs, seed)) {
      CHECK(count > pairs.size() / LANES * 8 / 10);
      CHECK(count < pairs.size() / LANES * 12 / 10);
    }
  }
}

TEST_CASE("pairs that meet in one lane under a seed are spread by another") {
  const auto pairs = manyPairs();
  ClassicBpf known(fanoutProgram(LinkType::ETHERNET, seedOf(1)));
  std::vector<Frames> chosen;
  std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(chosen),
               [&](const Frames& pair) { return known(pair.there) % LANES == 0; });
  REQUIRE(chosen.size() > 1000);
  CHECK(countsOf(chosen, 1) == Counts{static_cast<uint32_t>(chosen.size())});
  for (uint32_t seed = 2; seed < 20; ++seed) {
    for (const uint32_t count : countsOf(chosen, seed))
      CHECK(count > chosen.size() / LANES * 7 / 10);
  }
}

TEST_CASE("no pair can be made out of another that meets it under all seeds") {
  // Bits that change places between the two addresses leave their sum and their exclusive or.
  std::vector<Frames> pairs;
  for (uint32_t swapped = 0; swapped < 4096; ++swapped)
    pairs.push_back(ipv4Frames(0x0a000000U | swapped, 0x0a000000U | (~swapped & 0xfffU)));
  for (uint32_t seed = 0; seed < 20; ++seed) {
    for (const uint32_t count : countsOf(pairs, seed)) CHECK(count > pairs.size() / LANES * 7 / 10);
  }
}

TEST_CASE("a seed is another each time, and its multipliers lose no bit") {
  const FanoutSeed one = FanoutSeed::random();
  const FanoutSeed other = FanoutSeed::random();
  CHECK((one.addend != other.addend || one.multipliers != other.multipliers));
  for (const uint32_t multiplier : one.multipliers) CHECK(multiplier % 2 == 1);
}

}  // namespace
