// SPDX-License-Identifier: Apache-2.0
// TLS with a client of another library's making: `openssl s_client`, with certificates that openssl
// made. Skipped where there is no openssl.
#include "collect/receive/tls_inbound.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "coded_error.h"
#include "collect/receive/listening_sockets.h"
#include "collect/receive/stream_receiver.h"
#include "collect/receive/test_senders.h"

using namespace weir::collect;
using namespace weir::collect::test;
using weir::Fd;

namespace {

namespace fs = std::filesystem;

bool hasOpenssl() {
  static const bool has = std::system("openssl version >/dev/null 2>&1") == 0;
  return has;
}

/// A folder with an authority, and certificates that it vouches for.
class Certificates {
 public:
  Certificates() {
    char name[] = "/tmp/weir-ipfix-tls-XXXXXX";
    folder_ = mkdtemp(name);
    authority("ca");
    authority("other");
    issue("server", "ca", "DNS:localhost");
    issue("named", "ca", "DNS:exporter.example");
    issue("here", "ca", "IP:127.0.0.1,IP:2001:db8::1");
    issue("elsewhere", "ca", "IP:192.0.2.7");
    issue("stranger", "other", "DNS:exporter.example");
  }
  ~Certificates() { fs::remove_all(folder_); }
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

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
  void issue(const std::string& name, const std::string& by, const std::string& names) const {
    run("req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name +
        " -addext subjectAltName=" + names + " -keyout " + name + ".key -out " + name + ".csr");
    run("x509 -req -in " + name + ".csr -CA " + by + ".pem -CAkey " + by +
        ".key -CAcreateserial -days 2 -copy_extensions copy -out " + name + ".pem");
  }

  fs::path folder_;
};

const Certificates& certificates() {
  static const Certificates made;
  return made;
}

/// `openssl s_client` sends what is written to it.
class TlsExporter {
 public:
  TlsExporter(uint16_t port, const std::string& certificate) {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    input_ = Fd(ends[1]);
    process_ = fork();
    if (process_ == 0) connect(port, certificate, ends[0]);
    const Fd unused(ends[0]);
  }
  ~TlsExporter() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  TlsExporter(const TlsExporter&) = delete;
  TlsExporter& operator=(const TlsExporter&) = delete;

  void send(const Octets& message) const {
    REQUIRE(write(input_.get(), message.data(), message.size()) ==
            static_cast<ssize_t>(message.size()));
  }
  void hangUp() { input_ = Fd(); }

 private:
  [[noreturn]] static void connect(uint16_t port, const std::string& certificate, int input) {
    dup2(input, STDIN_FILENO);
    dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    std::vector<std::string> words{"openssl",     "s_client", "-quiet",
                                   "-no_ign_eof", "-connect", "127.0.0.1:" + std::to_string(port)};
    if (!certificate.empty()) {
      words.insert(words.end(), {"-cert", certificates().file(certificate + ".pem"), "-key",
                                 certificates().file(certificate + ".key")});
    }
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execvp("openssl", arguments.data());
    _exit(127);
  }

  Fd input_;
  pid_t process_ = 0;
};

struct Intake {
  ReceiveCounters counters;
  ListeningSockets group = openListeningSockets({"127.0.0.1", 0, Transport::TLS}, {});
  StreamReceiver receiver;
  std::vector<uint32_t> numbers;
  int64_t now = 1'000'000;

  explicit Intake(const std::string& clientAuthority = "")
      : receiver({std::make_shared<AllowList>(std::vector<std::string>()),
                  TlsServerCredentials::load(
                      {certificates().file("server.pem"), certificates().file("server.key"),
                       clientAuthority.empty() ? "" : certificates().file(clientAuthority)}),
                  {}},
                 counters) {
    receiver.listen(group.sockets[0].get(), Transport::TLS);
  }

  void serveUntil(ReceiveCount count, uint64_t value) {
    awaitUntil([&] {
      now += 100;
      receiver.serve(
          [&](const DatagramView& message) { numbers.push_back(numberOf(message.octets)); },
          {now, 1'700'000'000'000});
      return counters.of(count) >= value;
    });
  }
  [[nodiscard]] uint16_t port() const { return group.bound.port; }
};

}  // namespace

TEST_CASE("messages come over TLS whole and in order" * doctest::skip(!hasOpenssl())) {
  Intake intake;
  TlsExporter exporter(intake.port(), "");
  for (uint32_t i = 0; i < 300; ++i) exporter.send(ipfixMessage(i, 16 + i % 200));
  intake.serveUntil(ReceiveCount::messages, 300);
  exporter.send(ipfixMessage(300, 60'000));
  intake.serveUntil(ReceiveCount::messages, 301);
  exporter.hangUp();
  intake.serveUntil(ReceiveCount::closedByExporter, 1);
  REQUIRE(intake.numbers.size() == 301);
  for (uint32_t i = 0; i < 301; ++i) CHECK(intake.numbers[i] == i);
}

TEST_CASE("exporters need a certificate, and one for where they are" *
          doctest::skip(!hasOpenssl())) {
  Intake intake("ca.pem");
  const TlsExporter none(intake.port(), "");
  intake.serveUntil(ReceiveCount::failedHandshakes, 1);
  const TlsExporter stranger(intake.port(), "stranger");
  intake.serveUntil(ReceiveCount::failedHandshakes, 2);
  const TlsExporter elsewhere(intake.port(), "elsewhere");
  intake.serveUntil(ReceiveCount::foreignCertificates, 1);
  CHECK(intake.numbers.empty());
  const TlsExporter here(intake.port(), "here");
  here.send(ipfixMessage(1));
  intake.serveUntil(ReceiveCount::messages, 1);
  const TlsExporter named(intake.port(), "named");
  named.send(ipfixMessage(2));
  intake.serveUntil(ReceiveCount::messages, 2);
}

TEST_CASE("who speaks no TLS is told apart, and who says nothing is let go" *
          doctest::skip(!hasOpenssl())) {
  Intake intake;
  const Fd plain = connectFrom("127.0.0.1", intake.port(), SOCK_STREAM);
  sendAll(plain, ipfixMessage(1));
  intake.serveUntil(ReceiveCount::failedHandshakes, 1);
  const Fd silent = connectFrom("127.0.0.1", intake.port(), SOCK_STREAM);
  intake.serveUntil(ReceiveCount::acceptedConnections, 2);
  intake.receiver.closeStalled(intake.now + 9'000);
  CHECK(intake.counters.of(ReceiveCount::stalledConnections) == 0);
  intake.receiver.closeStalled(intake.now + 11'000);
  CHECK(intake.counters.of(ReceiveCount::stalledConnections) == 1);
}

TEST_CASE("files that are no certificate are refused by name" * doctest::skip(!hasOpenssl())) {
  const auto load = [](const std::string& certificate, const std::string& key,
                       const std::string& authority) {
    return TlsServerCredentials::load({certificate, key, authority});
  };
  const std::string good = certificates().file("server.pem");
  const std::string key = certificates().file("server.key");
  CHECK_THROWS_AS(load("/no/such/file", key, ""), weir::CodedError);
  CHECK_THROWS_AS(load(good, certificates().file("here.key"), ""), weir::CodedError);
  CHECK_THROWS_AS(load(good, key, key), weir::CodedError);
  CHECK(load(good, key, good)->wantsClientCertificate());
}
