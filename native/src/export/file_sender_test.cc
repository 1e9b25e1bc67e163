// SPDX-License-Identifier: Apache-2.0
// Files of messages: whole messages from every lane, and what a full disk did is counted.
#include "export/file_sender.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "coded_error.h"
#include "export/test_stream_collector.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
constexpr int64_t SECOND = 1'000'000'000;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    char name[] = "/tmp/weir-files-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  fs::path path_;
};

std::vector<uint32_t> numbersIn(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> octets((std::istreambuf_iterator<char>(file)), {});
  MessageCutter cutter;
  cutter.take(reinterpret_cast<const uint8_t*>(octets.data()), octets.size());
  return cutter.numbers;
}

void give(FileSender& sender, uint32_t number, size_t octets = 100) {
  sender.prepare();
  sender.send(streamMessage(number, octets), {.records = 1, .packets = 2, .octets = 3});
}

TEST_CASE("lanes write whole messages into one file, each in its order") {
  const TemporaryFolder folder;
  const auto files = std::make_shared<MessageFiles>(folder.file("all.ipfix"), 0);
  std::vector<std::thread> lanes;
  for (uint32_t lane = 0; lane < 4; ++lane) {
    lanes.emplace_back([&files, lane] {
      FileSender sender(files);
      sender.open();
      for (uint32_t i = 0; i < 300; ++i) give(sender, lane * 1000 + i, 8 + i * 50);
      CHECK(sender.counters().messages == 300);
      CHECK(sender.session() == 1);
    });
  }
  for (std::thread& lane : lanes) lane.join();
  std::vector<uint32_t> next(4);
  for (const uint32_t number : numbersIn(folder.file("all.ipfix"))) {
    CHECK(number % 1000 == next.at(number / 1000)++);
  }
  CHECK(next == std::vector<uint32_t>(4, 300));
}

TEST_CASE("a file that cannot be written is an error with a code, before anything runs") {
  CHECK_THROWS_AS(MessageFiles("/no/such/folder/x.ipfix", 0).open(), CodedError);
  CHECK_THROWS_AS(MessageFiles("/no/such/folder/%H.ipfix", SECOND).open(), CodedError);
}

TEST_CASE("a file that is there is begun anew, or goes on after what it holds") {
  const TemporaryFolder folder;
  const std::string path = folder.file("again.ipfix");
  const auto write = [&](MessageFile::Begin begin, uint32_t number) {
    FileSender sender(std::make_shared<MessageFiles>(path, 0, begin));
    sender.open();
    give(sender, number, 100);
    sender.close();
    return numbersIn(path);
  };
  CHECK(write(MessageFile::Begin::APPEND, 1) == std::vector<uint32_t>{1});
  CHECK(write(MessageFile::Begin::APPEND, 2) == std::vector<uint32_t>{1, 2});
  CHECK(write(MessageFile::Begin::EMPTY, 3) == std::vector<uint32_t>{3});
}

TEST_CASE("what does not fit the disk is counted, and the file keeps whole messages only") {
  const TemporaryFolder folder;
  const auto files = std::make_shared<MessageFiles>(folder.file("full.ipfix"), 0);
  FileSender sender(files);
  sender.open();
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{5'500, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  for (uint32_t i = 0; i < 10; ++i) give(sender, i, 1000);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, ignored);
  give(sender, 10, 1000);
  CHECK(numbersIn(folder.file("full.ipfix")) == std::vector<uint32_t>{0, 1, 2, 3, 4, 10});
  CHECK(sender.counters().messages == 6);
  CHECK(sender.counters().failedMessages == 5);
  CHECK(sender.counters().failedRecords == 5);
  CHECK(SendFailure::fromWord(sender.counters().lastFailure).text() == "File too large");
}

TEST_CASE("each period has a file and a session of its own, named by the time it begins") {
  const TemporaryFolder folder;
  const auto files = std::make_shared<MessageFiles>(folder.file("%S.ipfix"), 10 * SECOND);
  FileSender first(files);
  FileSender second(files);
  first.open();
  second.open();
  const auto at = [](FileSender& sender, int64_t seconds, uint32_t number) {
    sender.tick(seconds * SECOND);
    give(sender, number);
  };
  at(first, 1003, 0);
  at(second, 1009, 1);
  at(first, 1010, 2);
  second.send(streamMessage(3), {});  // begun before the lane's clock reached the new period
  at(second, 1011, 4);
  CHECK(first.session() == 2);
  CHECK(second.session() == 2);
  CHECK(folder.names() == std::vector<std::string>{"40.ipfix", "50.ipfix"});
  CHECK(numbersIn(folder.file("40.ipfix")) == std::vector<uint32_t>{0, 1, 3});
  CHECK(numbersIn(folder.file("50.ipfix")) == std::vector<uint32_t>{2, 4});
  // Started again within a period, a probe goes on in its file.
  FileSender again(std::make_shared<MessageFiles>(folder.file("%S.ipfix"), 10 * SECOND));
  again.open();
  at(again, 1012, 5);
  CHECK(numbersIn(folder.file("50.ipfix")) == std::vector<uint32_t>{2, 4, 5});
}

TEST_CASE("lanes on both sides of a period's end have one object for each file") {
  const TemporaryFolder folder;
  MessageFiles files(folder.file("%S.ipfix"), 10 * SECOND);
  files.open();
  const auto behind = files.fileAt(1009 * SECOND);
  const auto ahead = files.fileAt(1010 * SECOND);
  CHECK(behind != ahead);
  // Two would know two lengths, and the one that cuts a torn message off would cut whole ones.
  CHECK(files.fileAt(1008 * SECOND) == behind);
  CHECK(files.fileAt(1011 * SECOND) == ahead);
  CHECK(files.fileAt(1001 * SECOND) == behind);
}

}  // namespace
}  // namespace weir
