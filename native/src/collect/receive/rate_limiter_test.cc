// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/rate_limiter.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "collect/receive/socket_address.h"

using namespace weir::collect;

namespace {

Address exporter(uint32_t number) {
  Address address = *parseAddress("10.0.0.0");
  address[13] = static_cast<uint8_t>(number >> 16U);
  address[14] = static_cast<uint8_t>(number >> 8U);
  address[15] = static_cast<uint8_t>(number);
  return address;
}

uint32_t weigh(RateLimiter& limiter, const Address& address, size_t records, int64_t now) {
  const uint32_t factor = limiter.weigh(address, now);
  limiter.settle(records);
  return factor;
}

struct Sums {
  double offered = 0;
  double kept = 0;
  double estimated = 0;  ///< each kept record as often as it counts
};

/// Datagrams of 25 records at a steady rate for ten seconds.
Sums send(RateLimiter& limiter, const Address& address, uint32_t recordsPerSecond) {
  Sums sums;
  const uint32_t datagrams = recordsPerSecond / 25 * 10;
  for (uint32_t i = 0; i < datagrams; ++i) {
    const uint32_t factor = weigh(limiter, address, 25, int64_t{i} * 10'000 / datagrams);
    sums.offered += 25;
    sums.kept += factor > 0 ? 25 : 0;
    sums.estimated += 25.0 * factor;
  }
  return sums;
}

}  // namespace

TEST_CASE("what is kept stays near the limit and stands for what was sent") {
  for (const uint32_t rate : {1'000U, 3'000U, 20'000U, 400'000U}) {
    CAPTURE(rate);
    RateLimiter limiter({2'000});
    const Sums sums = send(limiter, exporter(1), rate);
    CHECK(sums.estimated == doctest::Approx(sums.offered).epsilon(0.1));
    CHECK(sums.kept <= 10 * 2'000 * 1.3);
    if (rate <= 2'000) CHECK(sums.kept == sums.offered);
  }
}

TEST_CASE("one exporter's flood takes nothing from another") {
  RateLimiter limiter({2'000});
  send(limiter, exporter(1), 400'000);
  const Sums quiet = send(limiter, exporter(2), 1'000);
  CHECK(quiet.kept == quiet.offered);
  CHECK(quiet.estimated == quiet.offered);
}

TEST_CASE("without a limit all is kept as it is") {
  RateLimiter limiter({});
  const Sums sums = send(limiter, exporter(1), 400'000);
  CHECK(sums.kept == sums.offered);
  CHECK(sums.estimated == sums.offered);
}

TEST_CASE("forged senders do not fill the memory, nor do they push out who sends") {
  RateLimiter limiter({2'000, 100});
  for (uint32_t i = 0; i < 10'000; ++i) {
    weigh(limiter, exporter(1000 + i), 1, i);
    weigh(limiter, exporter(1), 1'000, i);
    CHECK(limiter.exporters() <= 100);
  }
  CHECK(weigh(limiter, exporter(1), 1'000, 10'000) != 1);
}

TEST_CASE("in need the heaviest gives way, the others do not, and it wears off") {
  RateLimiter limiter({});
  const auto second = [&](int64_t from) {
    uint32_t heavy = 0;
    for (int64_t at = from; at < from + 1000; at += 10) {
      for (int i = 0; i < 20; ++i) heavy = std::max(heavy, weigh(limiter, exporter(1), 30, at));
      for (uint32_t i = 2; i < 6; ++i) CHECK(weigh(limiter, exporter(i), 30, at) == 1);
    }
    return heavy;
  };
  CHECK(second(0) == 1);
  for (int i = 0; i < 3; ++i) limiter.relieve();
  CHECK(second(1000) > 1);
  second(2000);
  CHECK(second(3000) == 1);
}
