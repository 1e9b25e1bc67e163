// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/stream_receiver.h"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <vector>

#include "collect/receive/listening_sockets.h"
#include "collect/receive/socket_address.h"
#include "collect/receive/test_senders.h"

using namespace weir::collect;
using namespace weir::collect::test;
using weir::Fd;

namespace {

/// A receiver on a port of loopback, and what it gave.
struct Intake {
  ReceiveCounters counters;
  ListeningSockets group = openListeningSockets({"127.0.0.1", 0, Transport::TCP}, {});
  StreamReceiver receiver;
  std::map<uint64_t, std::vector<uint32_t>> numbers;  ///< of messages, by session
  std::set<std::string> peers;
  Moment now{1'000'000, 1'700'000'000'000};

  explicit Intake(StreamLimits limits = {}, const std::vector<std::string>& allowed = {})
      : receiver({std::make_shared<AllowList>(allowed), nullptr, limits}, counters) {
    receiver.listen(group.sockets[0].get(), Transport::TCP);
  }

  void wait(int64_t milliseconds) {
    now.monotonicMilliseconds += milliseconds;
    now.epochMilliseconds += milliseconds;
  }
  void serve() {
    wait(100);  // accepting has pauses
    receiver.serve(
        [&](const DatagramView& message) {
          numbers[message.session].push_back(numberOf(message.octets));
          peers.insert(textOf(message.exporterAddress));
          CHECK(message.transport == Transport::TCP);
          CHECK(message.session != 0);
          CHECK(message.receivedMilliseconds == now.epochMilliseconds);
        },
        now);
  }
  template <typename IsDone>
  void serveUntil(IsDone isDone) {
    awaitUntil([&] {
      serve();
      return isDone();
    });
  }
  [[nodiscard]] uint64_t of(ReceiveCount count) const { return counters.of(count); }
  [[nodiscard]] Fd connect(const std::string& from = "127.0.0.1") const {
    return connectFrom(from, group.bound.port, SOCK_STREAM);
  }
};

}  // namespace

TEST_CASE("connections are apart, and each gives its messages in order") {
  Intake intake;
  {
    const Fd one = intake.connect("127.0.0.2");
    const Fd other = intake.connect("127.0.0.3");
    for (uint32_t i = 0; i < 200; ++i) {
      sendAll(one, ipfixMessage(i, 16 + i * 7));
      sendAll(other, ipfixMessage(1000 + i, 50'000));
      intake.serve();
    }
    intake.serveUntil([&] { return intake.of(ReceiveCount::messages) == 400; });
    CHECK(intake.of(ReceiveCount::openConnections) == 2);
  }
  intake.serveUntil([&] { return intake.of(ReceiveCount::openConnections) == 0; });
  CHECK(intake.of(ReceiveCount::closedByExporter) == 2);
  CHECK(intake.receiver.takeEnded().size() == 2);
  CHECK(intake.peers == std::set<std::string>{"127.0.0.2", "127.0.0.3"});
  REQUIRE(intake.numbers.size() == 2);
  for (const auto& [session, numbers] : intake.numbers) {
    REQUIRE(numbers.size() == 200);
    for (uint32_t i = 0; i < 200; ++i) CHECK(numbers[i] == numbers[0] + i);
  }
}

TEST_CASE("who talks nonsense, too slowly or too little is let go, and the others are not") {
  Intake intake;
  const Fd good = intake.connect();
  const Fd nonsense = intake.connect();
  const Fd slow = intake.connect();
  sendAll(nonsense, {'G', 'E', 'T', ' ', '/', ' '});
  sendAll(slow, {0, 10, 0, 100, 1});
  sendAll(good, ipfixMessage(1));
  intake.serveUntil([&] { return intake.of(ReceiveCount::malformedStreams) == 1; });
  intake.serveUntil([&] { return intake.of(ReceiveCount::messages) == 1; });
  for (uint8_t i = 0; i < 10; ++i) {
    sendAll(slow, {i});
    intake.serve();
    intake.wait(7'000);
    intake.receiver.closeStalled(intake.now.monotonicMilliseconds);
  }
  CHECK(intake.of(ReceiveCount::stalledConnections) == 1);
  CHECK(intake.of(ReceiveCount::openConnections) == 1);
  const Fd cut = intake.connect();
  sendAll(cut, {0, 10, 0, 100, 1, 2, 3});
  shutdown(cut.get(), SHUT_WR);
  intake.serveUntil([&] { return intake.of(ReceiveCount::truncatedMessages) >= 2; });
  sendAll(good, ipfixMessage(2));
  intake.serveUntil([&] { return intake.of(ReceiveCount::messages) == 2; });
}

TEST_CASE("neither one address nor all together have more connections than there is room for") {
  StreamLimits limits;
  limits.mostConnections = 6;
  limits.mostByAddress = 4;
  Intake intake(limits);
  std::vector<Fd> connections;
  for (int i = 0; i < 10; ++i) connections.push_back(intake.connect("127.0.0.2"));
  intake.serveUntil([&] { return intake.of(ReceiveCount::refusedConnections) == 6; });
  for (int i = 0; i < 10; ++i)
    connections.push_back(intake.connect("127.0.1." + std::to_string(i)));
  intake.serveUntil([&] { return intake.of(ReceiveCount::refusedConnections) == 14; });
  CHECK(intake.of(ReceiveCount::openConnections) == 6);
  CHECK(intake.of(ReceiveCount::acceptedConnections) == 6);
}

TEST_CASE("who is not on the list is not listened to") {
  Intake intake({}, {"127.0.0.0/24"});
  const Fd foreign = intake.connect("127.0.1.1");
  const Fd allowed = intake.connect("127.0.0.1");
  sendAll(allowed, ipfixMessage(1));
  intake.serveUntil([&] { return intake.of(ReceiveCount::messages) == 1; });
  CHECK(intake.of(ReceiveCount::exporterNotAllowed) == 1);
}

TEST_CASE("a clock that is set keeps nobody out and ends no connection") {
  for (const int64_t step : {-3'600'000, 3'600'000}) {
    Intake intake;
    const Fd patient = intake.connect("127.0.0.9");
    sendAll(patient, {0, 10, 0, 17, 1});
    std::vector<Fd> connections;
    for (int i = 0; i < 20; ++i) {
      connections.push_back(intake.connect("127.0.1." + std::to_string(i)));
      sendAll(connections.back(), ipfixMessage(static_cast<uint32_t>(i)));
    }
    intake.serveUntil([&] { return intake.of(ReceiveCount::acceptedConnections) >= 8; });
    intake.now.epochMilliseconds += step;
    intake.serveUntil([&] { return intake.of(ReceiveCount::messages) == 20; });
    intake.receiver.closeStalled(intake.now.monotonicMilliseconds);
    CHECK(intake.of(ReceiveCount::openConnections) == 21);
  }
}
