// SPDX-License-Identifier: Apache-2.0
// How long records wait on their way out, by the lane's clock.
#include <doctest/doctest.h>
#include <unistd.h>

#include "export/ipfix_exporter.h"
#include "export/json_record_writer.h"
#include "export/netflow5_exporter.h"
#include "export/stream_sender.h"
#include "export/tcp_channel.h"
#include "export/test_collector.h"
#include "export/test_stream_collector.h"

namespace weir {
namespace {

constexpr int64_t MILLISECOND = 1'000'000;
constexpr int64_t SECOND_NS = 1'000'000'000;
constexpr int64_t NOW_NS = 1'800'000'000 * SECOND_NS;

FlowRecord ended(const OwnedRecord& owned) {
  FlowRecord record = owned.get();
  record.endNs = NOW_NS - SECOND_NS;
  return record;
}

OwnedRecord anyRecord() {
  std::mt19937_64 random(1);
  OwnedRecord owned = randomRecord(random, NOW_NS, 4);
  owned.record.forward.packets = owned.record.forward.octets = 1;
  owned.record.reverse = {};  // one direction, so one record in each protocol
  return owned;
}

TEST_CASE("a record waits for others to share its message, then for the sender's company") {
  const TestCollector collector;
  Netflow5Exporter exporter(collector.sender(), 0);
  exporter.open();
  exporter.tick(NOW_NS);
  CHECK(exporter.counters().lagNs == 0);
  const OwnedRecord owned = anyRecord();
  exporter.write(ended(owned));
  exporter.tick(NOW_NS + 300 * MILLISECOND);
  exporter.write(ended(owned));
  CHECK(exporter.counters().lagNs == 300 * MILLISECOND);
  exporter.tick(NOW_NS + 999 * MILLISECOND);
  CHECK(exporter.counters().lagNs == 999 * MILLISECOND);
  exporter.tick(NOW_NS + 1000 * MILLISECOND);
  CHECK(exporter.counters().lagNs == 0);
}

TEST_CASE("a clock that was set back makes no record older than it is") {
  const TestCollector collector;
  Netflow5Exporter exporter(collector.sender(), 0);
  exporter.open();
  exporter.tick(NOW_NS);
  exporter.write(ended(anyRecord()));
  exporter.tick(NOW_NS - SECOND_NS);
  CHECK(exporter.counters().lagNs == 0);
}

TEST_CASE("datagrams that wait for company are as old as their first record") {
  const TestCollector collector;
  const auto sender = collector.sender();
  sender->open();
  sender->tick(NOW_NS);
  CHECK(sender->oldestRecordNs() == NO_RECORD_WAITS);
  sender->send(streamMessage(0), {});  // templates
  CHECK(sender->oldestRecordNs() == NO_RECORD_WAITS);
  sender->send(streamMessage(1), {.records = 1, .sinceNs = NOW_NS + 1});
  sender->send(streamMessage(2), {.records = 1, .sinceNs = NOW_NS + 2});
  CHECK(sender->oldestRecordNs() == NOW_NS + 1);
  sender->flush();
  CHECK(sender->oldestRecordNs() == NO_RECORD_WAITS);
}

std::unique_ptr<StreamSender> streamTo(const StreamCollector& collector) {
  return std::make_unique<StreamSender>(
      AddressLookup(CollectorAddress{"127.0.0.1", collector.port()}), SendMode::NEVER_WAIT,
      StreamOptions{},
      [](const SocketAddress& address) { return std::make_unique<TcpChannel>(address, ""); });
}

TEST_CASE("a stream is as far behind as its first message that was not acknowledged") {
  constexpr uint32_t MESSAGES = 500;
  StreamCollector collector(0, 4096);
  const auto sender = streamTo(collector);
  sender->open();
  for (uint32_t i = 0; i < MESSAGES; ++i) {
    sender->send(streamMessage(i, 16'000), {.records = 1, .sinceNs = i});
  }
  bool hasMoved = false;
  for (int i = 0; i < 1000 && sender->counters().messages < MESSAGES; ++i) {
    sender->flush();
    const uint64_t arrived = sender->counters().messages;
    const int64_t next = arrived == MESSAGES ? NO_RECORD_WAITS : static_cast<int64_t>(arrived);
    CHECK(sender->oldestRecordNs() == next);
    hasMoved = hasMoved || (arrived != 0 && arrived != MESSAGES);
    collector.read(1);
  }
  CHECK(hasMoved);
  CHECK(sender->counters().messages == MESSAGES);
  CHECK(sender->oldestRecordNs() == NO_RECORD_WAITS);
}

/// Takes what is there; how many octets.
size_t readSome(int fd) {
  uint8_t octets[65'536];
  const ssize_t count = recv(fd, octets, sizeof octets, MSG_DONTWAIT);
  return count > 0 ? static_cast<size_t>(count) : 0;
}

TEST_CASE("the lag of a stalled collector grows with the clock and is gone when it reads again") {
  const Fd listener(socket(AF_INET, SOCK_STREAM, 0));
  const int bufferBytes = 4096;
  setsockopt(listener.get(), SOL_SOCKET, SO_RCVBUF, &bufferBytes, sizeof bufferBytes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  REQUIRE(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(listen(listener.get(), 1) == 0);
  getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length);
  IpfixExporter exporter(
      std::make_unique<StreamSender>(
          AddressLookup(CollectorAddress{"127.0.0.1", ntohs(address.sin_port)}),
          SendMode::NEVER_WAIT, StreamOptions{},
          [](const SocketAddress& to) { return std::make_unique<TcpChannel>(to, ""); }),
      {}, FlowForm::UNIFLOW);
  exporter.open();
  exporter.tick(NOW_NS);
  std::mt19937_64 random(2);
  while (exporter.counters().octets == 0 || exporter.counters().records < 60'000) {
    exporter.write(ended(randomRecord(random, NOW_NS, 6)));
  }
  exporter.flush();
  for (const int64_t seconds : {1, 2, 7}) {
    exporter.tick(NOW_NS + seconds * SECOND_NS);
    CHECK(exporter.counters().lagNs == static_cast<uint64_t>(seconds * SECOND_NS));
  }
  const Fd connection(accept(listener.get(), nullptr, nullptr));
  for (int i = 0; i < 10'000 && exporter.counters().lagNs != 0; ++i) {
    if (readSome(connection.get()) == 0) usleep(1000);
    exporter.flush();
  }
  const ExporterCounters counters = exporter.counters();
  CHECK(counters.lagNs == 0);
  CHECK(counters.sender.failedMessages == 0);
}

TEST_CASE("lines of JSON wait for a block to be written") {
  const std::string path = "/tmp/weir-lag-" + std::to_string(getpid());
  const auto file = std::make_shared<RecordFile>(path);
  file->open();
  JsonRecordWriter writer(file, applicationTexts({}));
  writer.tick(NOW_NS);
  writer.tick(NOW_NS + SECOND_NS);
  CHECK(writer.counters().lagNs == 0);
  writer.write(anyRecord().get());
  writer.tick(NOW_NS + SECOND_NS + 400 * MILLISECOND);
  CHECK(writer.counters().lagNs == 400 * MILLISECOND);
  writer.tick(NOW_NS + 2 * SECOND_NS);
  CHECK(writer.counters().lagNs == 0);
  writer.finish();
  unlink(path.c_str());
}

}  // namespace
}  // namespace weir
