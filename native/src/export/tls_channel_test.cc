// SPDX-License-Identifier: Apache-2.0
// TLS against a server of another library's making: `openssl s_server`, with certificates that
// openssl made. Skipped where there is no openssl.
#include "export/tls_channel.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "coded_error.h"
#include "export/stream_sender.h"
#include "export/test_stream_collector.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

/// A folder with an authority, and certificates that it vouches for.
class Certificates {
 public:
  Certificates() {
    char name[] = "/tmp/weir-tls-XXXXXX";
    folder_ = mkdtemp(name);
    authority("ca");
    authority("other");
    issue("server", "localhost", "-days 2");
    issue("elsewhere", "elsewhere.example", "-days 2");
    // x509 takes no negative number of days in all versions; a moment that is past is one anyway.
    issue("expired", "localhost", "-days 0");
    issue("probe", "probe.example", "-days 2");
  }
  ~Certificates() { fs::remove_all(folder_); }

  [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }

 private:
  void run(const std::string& arguments) const {
    const std::string command =
        "cd " + folder_.string() + " && openssl " + arguments + " >openssl.log 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  void authority(const std::string& name) const {
    run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" + name +
        " -addext basicConstraints=critical,CA:TRUE -keyout " + name + ".key -out " + name +
        ".pem");
  }
  void issue(const std::string& name, const std::string& host, const std::string& days) const {
    run("req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + host +
        " -addext subjectAltName=DNS:" + host + " -keyout " + name + ".key -out " + name + ".csr");
    run("x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial " + days +
        " -copy_extensions copy -out " + name + ".pem");
  }

  fs::path folder_;
};

const Certificates& certificates() {
  static const Certificates made;
  return made;
}

/// `openssl s_server` writes what it receives to a file.
class TlsServer {
 public:
  TlsServer(const std::string& certificate, std::vector<std::string> more = {}) {
    port_ = StreamCollector().port();
    output_ = certificates().file("received-" + std::to_string(port_));
    std::vector<std::string> arguments{"openssl",
                                       "s_server",
                                       "-quiet",
                                       "-accept",
                                       "127.0.0.1:" + std::to_string(port_),
                                       "-cert",
                                       certificates().file(certificate + ".pem"),
                                       "-key",
                                       certificates().file(certificate + ".key")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    process_ = fork();
    if (process_ == 0) serve(arguments);
  }
  ~TlsServer() { stop(); }

  void stop() {
    if (process_ <= 0) return;
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
    process_ = 0;
  }

  [[nodiscard]] uint16_t port() const { return port_; }

  [[nodiscard]] std::vector<uint32_t> numbers() const {
    MessageCutter cutter;
    const Fd file(open(output_.c_str(), O_RDONLY));
    std::vector<uint8_t> octets(1 << 16);
    for (ssize_t count; (count = read(file.get(), octets.data(), octets.size())) > 0;) {
      cutter.take(octets.data(), static_cast<size_t>(count));
    }
    return cutter.numbers;
  }

 private:
  [[noreturn]] void serve(std::vector<std::string>& arguments) const {
    const int output = open(output_.c_str(), O_WRONLY | O_CREAT, 0600);
    dup2(output, STDOUT_FILENO);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    // It ends at the end of its input, so that must never come.
    int never[2];
    if (pipe(never) == 0) dup2(never[0], STDIN_FILENO);
    if (chdir(certificates().file("").c_str()) != 0) _exit(127);  // what "-WWW" serves
    std::vector<char*> words;
    for (std::string& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    execvp("openssl", words.data());
    _exit(127);
  }

  uint16_t port_ = 0;
  std::string output_;
  pid_t process_ = 0;
};

struct Attempt {
  StreamSender sender;

  Attempt(uint16_t port, const TlsOptions& options, const std::string& host = "localhost")
      : sender(AddressLookup({"127.0.0.1", port}), SendMode::WAIT, {},
               [host, credentials = TlsCredentials::load(options)](const SocketAddress& address) {
                 return std::make_unique<TlsChannel>(address, "", host, credentials);
               }) {
    sender.open();
  }

  template <typename IsDone>
  void workUntil(IsDone isDone) {
    for (int i = 0; i < 1500 && !isDone(); ++i) {
      sender.tick(0);
      usleep(10'000);
    }
    CHECK(isDone());
  }

  /// What the first failure says that is not the server still starting.
  std::string failure() {
    std::string text;
    workUntil([&] {
      text = SendFailure::fromWord(sender.counters().lastFailure).text();
      return !text.empty() && text != "Connection refused";
    });
    return text;
  }
};

TlsOptions trusting(const std::string& authority) {
  return {.authorityFile = certificates().file(authority + ".pem")};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const bool HAS_OPENSSL = std::system("command -v openssl >/dev/null 2>&1") == 0;

TEST_CASE("messages arrive over TLS 1.2 and 1.3, counted when they have" *
          doctest::skip(!HAS_OPENSSL)) {
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    CAPTURE(version);
    TlsServer server("server", {version});
    Attempt attempt(server.port(), trusting("ca"));
    std::vector<uint32_t> given;
    for (uint32_t i = 0; i < 300; ++i) {
      attempt.sender.prepare();
      attempt.sender.send(streamMessage(i, 8 + i * 50), {.records = 1});
      given.push_back(i);
    }
    attempt.sender.close();
    CHECK(attempt.sender.counters().messages == 300);
    CHECK(attempt.sender.counters().failedMessages == 0);
    for (int i = 0; i < 500 && server.numbers().size() < 300; ++i) usleep(10'000);
    CHECK(server.numbers() == given);
  }
}

TEST_CASE("a collector that talks over TLS gets a bounded part of a step" *
          doctest::skip(!HAS_OPENSSL || geteuid() != 0)) {
  constexpr int SAID = 400'000;
  std::ofstream(certificates().file("speech")).close();
  fs::resize_file(certificates().file("speech"), SAID);
  TlsServer server("server", {"-WWW"});
  const auto address = resolveCollector({"127.0.0.1", server.port()}, SOCK_STREAM, "").at(0);
  const auto credentials = TlsCredentials::load(trusting("ca"));
  std::unique_ptr<TlsChannel> channel;
  for (int i = 0; i < 1000; ++i) {
    if (!channel) channel = std::make_unique<TlsChannel>(address, "", "localhost", credentials);
    channel->advance();
    if (channel->state() == StreamChannel::State::ESTABLISHED) break;
    if (channel->state() == StreamChannel::State::LOST) channel.reset();  // it is still starting
    usleep(10'000);
  }
  REQUIRE(channel);
  REQUIRE(channel->state() == StreamChannel::State::ESTABLISHED);
  const std::string question = "GET /speech HTTP/1.0\r\n\r\n";
  channel->write({reinterpret_cast<const uint8_t*>(question.data()), question.size()});
  awaitUnread(channel->fd(), SAID);
  uint64_t taken = takenOctets(channel->fd());
  for (int steps = 0; steps < 100 && channel->state() == StreamChannel::State::ESTABLISHED;
       ++steps) {
    channel->listen();
    const uint64_t now = takenOctets(channel->fd());
    CHECK(now - taken < 120'000);  // 16 reads of 4 KiB, and what the library reads ahead
    taken = now;
  }
  CHECK(taken > SAID);
  CHECK(channel->state() == StreamChannel::State::LOST);
}

TEST_CASE("a collector that cannot prove its name gets nothing, and it is said why" *
          doctest::skip(!HAS_OPENSSL)) {
  const auto failureWith = [](const std::string& certificate, const std::string& authority) {
    TlsServer server(certificate);
    Attempt attempt(server.port(), trusting(authority));
    attempt.sender.send(streamMessage(1), {.records = 1});
    const std::string text = attempt.failure();
    CHECK(attempt.sender.counters().sessions == 0);
    CHECK(server.numbers().empty());
    return text;
  };
  CHECK(contains(failureWith("server", "other"), "issuer is unknown"));
  CHECK(contains(failureWith("elsewhere", "ca"), "name in the certificate does not match"));
  usleep(1'100'000);  // the certificate of no days is good for the second it was made in
  CHECK(contains(failureWith("expired", "ca"), "expired"));
}

TEST_CASE("both sides prove who they are" * doctest::skip(!HAS_OPENSSL)) {
  const std::vector<std::string> mutual{"-Verify", "1", "-verify_return_error", "-CAfile",
                                        certificates().file("ca.pem")};
  {
    TlsServer server("server", mutual);
    Attempt stranger(server.port(), trusting("ca"));
    stranger.sender.send(streamMessage(1), {.records = 1});
    CHECK(contains(stranger.failure(), "ertificate"));
    CHECK(server.numbers().empty());
  }
  TlsServer server("server", mutual);
  TlsOptions options = trusting("ca");
  options.certificateFile = certificates().file("probe.pem");
  options.keyFile = certificates().file("probe.key");
  Attempt known(server.port(), options);
  known.sender.send(streamMessage(7), {.records = 1});
  known.sender.close();
  for (int i = 0; i < 500 && server.numbers().empty(); ++i) usleep(10'000);
  CHECK(server.numbers() == std::vector<uint32_t>{7});
}

TEST_CASE("certificates that are not there, or do not belong together, are errors with a code" *
          doctest::skip(!HAS_OPENSSL)) {
  const auto load = [](const TlsOptions& options) { return TlsCredentials::load(options); };
  CHECK_THROWS_WITH_AS(load({.authorityFile = "/no/such/file"}),
                       doctest::Contains("No such file or directory. "), CodedError);
  CHECK_THROWS_AS(load({.authorityFile = certificates().file("ca.key")}), CodedError);
  TlsOptions mixed = trusting("ca");
  mixed.certificateFile = certificates().file("probe.pem");
  CHECK_THROWS_AS(load(mixed), CodedError);
  mixed.keyFile = "/no/such/key";
  CHECK_THROWS_WITH_AS(load(mixed), doctest::Contains("\"/no/such/key\": No such file"),
                       CodedError);
  mixed.keyFile = certificates().file("server.key");
  CHECK_THROWS_AS(load(mixed), CodedError);
}

}  // namespace
}  // namespace weir
