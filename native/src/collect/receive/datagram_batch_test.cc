// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/datagram_batch.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>

#include "collect/receive/listening_sockets.h"
#include "collect/receive/socket_address.h"
#include "collect/receive/test_senders.h"

using namespace weir::collect;
using namespace weir::collect::test;
using weir::Fd;

TEST_CASE("datagrams come whole and in order, with their sender and the kernel's time") {
  const ListeningSockets group = openListeningSockets({"::", 0}, {});
  const Fd sender = connectFrom("127.0.0.9", group.bound.port);
  const int64_t before = int64_t{time(nullptr)} * 1000;
  for (size_t i = 0; i < 100; ++i) sendAll(sender, Octets(1 + i, static_cast<uint8_t>(i)));
  sendAll(sender, Octets(65'507, 7));
  DatagramBatch batch;
  size_t seen = 0;
  for (size_t count = 0; (count = batch.receive(group.sockets[0].get())) > 0;) {
    CHECK(count <= DatagramBatch::MOST_DATAGRAMS);
    for (size_t i = 0; i < count; ++i, ++seen) {
      const DatagramView datagram = batch[i];
      CHECK(datagram.octets.size() == (seen < 100 ? 1 + seen : 65'507));
      CHECK(std::ranges::count(datagram.octets, seen < 100 ? seen : 7) ==
            static_cast<ptrdiff_t>(datagram.octets.size()));
      CHECK(textOf(datagram.exporterAddress) == "127.0.0.9");
      CHECK(datagram.exporterPort != 0);
      CHECK(datagram.receivedMilliseconds >= before);
      CHECK(datagram.receivedMilliseconds < before + 60'000);
    }
  }
  CHECK(seen == 101);
}
