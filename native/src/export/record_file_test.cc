// SPDX-License-Identifier: Apache-2.0
// A reader that stalls: who reads a file waits for it, a live capture does not, no line is torn.
#include "export/record_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

namespace weir {
namespace {

/// A named pipe with a reader that reads when it is told to.
class StallingReader {
 public:
  StallingReader() {
    REQUIRE(mkfifo(path_.c_str(), 0600) == 0);
    reader_ = Fd(open(path_.c_str(), O_RDONLY | O_NONBLOCK));
  }
  ~StallingReader() { unlink(path_.c_str()); }

  [[nodiscard]] const std::string& path() const { return path_; }
  void leave() { reader_ = Fd(); }

  /// What can be read until nothing has come for `quietMs`.
  std::string read(int quietMs = 0) {
    std::string text;
    for (char octets[65536];;) {
      pollfd waiting{reader_.get(), POLLIN, 0};
      if (poll(&waiting, 1, quietMs) <= 0) return text;
      const ssize_t count = ::read(reader_.get(), octets, sizeof octets);
      if (count <= 0) return text;
      text.append(octets, static_cast<size_t>(count));
    }
  }

 private:
  std::string path_ = "/tmp/weir-fifo-" + std::to_string(getpid());
  Fd reader_;
};

std::string linesFrom(int first, int count) {
  std::string text;
  for (int i = first; i < first + count; ++i) {
    text += "line " + std::to_string(i) + std::string(static_cast<size_t>(i % 90), '.') + "\n";
  }
  return text;
}

int linesIn(const std::string& text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

TEST_CASE("a live capture appends to the file that is there; who reads a capture begins it anew") {
  const std::string path = "/tmp/weir-records-" + std::to_string(getpid());
  const auto written = [&path](SendMode mode, const std::string& text) {
    RecordFile file(path, mode);
    file.open();
    file.write(text);
    std::ifstream content(path);
    return std::string(std::istreambuf_iterator<char>(content), {});
  };
  CHECK(written(SendMode::NEVER_WAIT, "one\n") == "one\n");
  CHECK(written(SendMode::NEVER_WAIT, "two\n") == "one\ntwo\n");
  CHECK(written(SendMode::WAIT, "three\n") == "three\n");
  unlink(path.c_str());
}

TEST_CASE("a live capture goes on when the reader stalls: lines are counted as lost, none torn") {
  StallingReader reader;
  RecordFile file(reader.path(), SendMode::NEVER_WAIT);
  file.open();
  uint64_t lost = 0;
  std::string given, received;
  for (int block = 0; block < 30; ++block) {
    const std::string lines = linesFrom(block * 100, 100);
    given += lines;
    lost += file.write(lines);
    if (block == 20) received += reader.read();
  }
  CHECK(lost > 0);
  received += reader.read();
  lost += file.finish();
  received += reader.read();
  CHECK(linesIn(received) + static_cast<int>(lost) == 3000);
  CHECK(received.back() == '\n');
  for (size_t at = 0; at < received.size();) {
    const size_t end = received.find('\n', at) + 1;
    CHECK(("\n" + given).find("\n" + received.substr(at, end - at)) != std::string::npos);
    at = end;
  }
  CHECK(file.failure() == 0);
}

TEST_CASE("the half of a line that nobody takes is counted at the end") {
  StallingReader reader;
  RecordFile file(reader.path(), SendMode::NEVER_WAIT);
  file.open();
  uint64_t lost = 0;
  const std::string block = linesFrom(0, 5000);
  lost += file.write(block);
  lost += file.finish();
  const std::string received = reader.read();
  CHECK(linesIn(received) + lost == 5000);
}

TEST_CASE("who reads a file waits for the reader") {
  StallingReader reader;
  RecordFile file(reader.path(), SendMode::WAIT);
  file.open();
  const std::string lines = linesFrom(0, 20'000);
  std::thread writing([&] { CHECK(file.write(lines) == 0); });
  CHECK(reader.read(300) == lines);
  writing.join();
}

TEST_CASE("a reader that has left is a failure, and all lines are lost") {
  StallingReader reader;
  RecordFile file(reader.path(), SendMode::NEVER_WAIT);
  file.open();
  reader.leave();
  const auto before = std::signal(SIGPIPE, SIG_IGN);  // as Node does
  CHECK(file.write(linesFrom(0, 10)) == 10);
  std::signal(SIGPIPE, before);
  CHECK(file.failure() == EPIPE);
}

}  // namespace
}  // namespace weir
