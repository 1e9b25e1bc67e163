// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/listening_sockets.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>

#include "coded_error.h"
#include "collect/receive/datagram_batch.h"
#include "collect/receive/socket_address.h"
#include "collect/receive/test_senders.h"

using namespace weir::collect;
using namespace weir::collect::test;
using weir::CodedError;
using weir::Fd;

namespace {

ListeningOptions fourLanes() { return {4, {0x12345678, 0x85ebca6b}, 1 << 20}; }

std::string exporter(int number) { return "127.1." + std::to_string(number) + ".7"; }

/// Each lane's datagrams are from exporters that are its own, and all arrive.
void checkOwners(const ListeningSockets& group, const ListeningOptions& options, size_t datagrams) {
  DatagramBatch batch;
  size_t seen = 0;
  std::set<uint32_t> lanes;
  for (uint32_t lane = 0; lane < options.lanes; ++lane) {
    for (size_t count = 0; (count = batch.receive(group.sockets[lane].get())) > 0;) {
      seen += count;
      for (size_t i = 0; i < count; ++i) {
        CHECK(steeredLane(batch[i].exporterAddress, options.lanes, options.seed) == lane);
        lanes.insert(lane);
      }
    }
  }
  CHECK(seen == datagrams);
  CHECK(lanes.size() > 1);
}

}  // namespace

TEST_CASE("the kernel steers an exporter to the lane that owns it, whatever its port") {
  for (const char* const host : {"127.0.0.1", "0.0.0.0", "::"}) {
    CAPTURE(host);
    const ListeningOptions options = fourLanes();
    const ListeningSockets group = openListeningSockets({host, 0}, options);
    for (int i = 0; i < 40; ++i) {
      for (int repeat = 0; repeat < 3; ++repeat)
        sendAll(connectFrom(exporter(i), group.bound.port), {1, 2, 3});
    }
    checkOwners(group, options, 120);
  }
}

TEST_CASE("IPv6 exporters have one lane, too") {
  const ListeningOptions options = fourLanes();
  const ListeningSockets group = openListeningSockets({"::1", 0}, options);
  const uint32_t owner = steeredLane(*parseAddress("::1"), options.lanes, options.seed);
  for (int i = 0; i < 20; ++i) sendAll(connectFrom("::1", group.bound.port), {1});
  DatagramBatch batch;
  CHECK(batch.receive(group.sockets[owner].get()) == 20);
  CHECK(batch[0].exporterAddress == *parseAddress("::1"));
}

TEST_CASE("connections are steered as datagrams are") {
  const ListeningOptions options = fourLanes();
  const ListeningSockets group = openListeningSockets({"127.0.0.1", 0, Transport::TCP}, options);
  for (int i = 0; i < 20; ++i) {
    const Fd connection = connectFrom(exporter(i), group.bound.port, SOCK_STREAM);
    const uint32_t owner = steeredLane(*parseAddress(exporter(i)), options.lanes, options.seed);
    const Fd accepted(accept(group.sockets[owner].get(), nullptr, nullptr));
    CHECK(accepted.valid());
  }
}

TEST_CASE("no two collectors share an address") {
  for (const Transport transport : {Transport::UDP, Transport::TCP}) {
    for (const uint32_t lanes : {1U, 2U}) {
      ListeningOptions options = fourLanes();
      options.lanes = lanes;
      const ListeningSockets first = openListeningSockets({"127.0.0.1", 0, transport}, options);
      CHECK_THROWS_AS(openListeningSockets({"127.0.0.1", first.bound.port, transport}, options),
                      CodedError);
    }
  }
  CHECK_THROWS_AS(openListeningSockets({"192.0.2.77", 0}, fourLanes()), CodedError);
  CHECK_THROWS_AS(openListeningSockets({"no.such.host.invalid", 0}, fourLanes()), CodedError);
}

TEST_CASE("what a full buffer costs can be read") {
  ListeningOptions options;
  options.receiveBufferBytes = 4096;
  const ListeningSockets group = openListeningSockets({"127.0.0.1", 0}, options);
  CHECK(kernelDropsOf(group.sockets[0].get()) == 0);
  const Fd sender = connectFrom("127.0.0.1", group.bound.port);
  for (int i = 0; i < 500; ++i) sendAll(sender, Octets(1000));
  DatagramBatch batch;
  size_t taken = 0;
  for (size_t count = 0; (count = batch.receive(group.sockets[0].get())) > 0;) taken += count;
  CHECK(taken < 500);
  CHECK(taken + kernelDropsOf(group.sockets[0].get()) == 500);
}

TEST_CASE("exporters with neighbouring addresses are spread, whatever the seed") {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    const SteeringSeed seed{static_cast<uint32_t>(random()), static_cast<uint32_t>(random()) | 1U};
    std::array<size_t, 2> exporters{};
    for (int i = 1; i <= 32; ++i)
      ++exporters[steeredLane(*parseAddress("192.0.2." + std::to_string(i)), 2, seed)];
    CHECK(std::min(exporters[0], exporters[1]) > 2);
  }
}
