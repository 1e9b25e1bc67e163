// SPDX-License-Identifier: Apache-2.0
// Names that come from other flows are the same on any number of lanes: the flows of a client, the
// answers that its resolver gave it and the media that a proxy announced lie in different lanes.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "capture/test_captures.h"
#include "lane/data_plane.h"

namespace weir {
namespace {

using namespace test;

constexpr uint32_t TLS = 2;
constexpr uint32_t RTP = 6;
constexpr uint32_t FTP_DATA = 8;
constexpr uint32_t VIDEO = 1001;
constexpr const char* RESOLVER = "10.0.0.53";
constexpr const char* PROXY = "10.0.0.60";

SignatureSet signatures() {
  SignatureSet set;
  for (const auto& [selector, name] : {std::pair{TLS, "TLS"},
                                       {3U, "DNS"},
                                       {4U, "SIP"},
                                       {RTP, "RTP"},
                                       {7U, "FTP"},
                                       {FTP_DATA, "FTP-data"},
                                       {VIDEO, "Video"}})
    set.applications.push_back({.selector = selector, .name = name, .category = "test"});
  const auto add = [&](const char* regex, Transport transport, uint32_t application) {
    set.patterns.push_back({.regex = regex,
                            .transport = transport,
                            .application = application,
                            .protocol = application,
                            .source = "test"});
  };
  add("^\\x16\\x03\\x01", Transport::TCP, TLS);
  add("^.{2}\\x01\\x00\\x00\\x01\\x00", Transport::UDP, 3);
  add("^INVITE ", Transport::UDP, 4);
  set.serverNames = {{"video.example", false, VIDEO, 0, "test"}};
  set.known = {.ftp = 7, .ftpData = FTP_DATA, .sip = 4, .rtp = RTP, .tls = TLS, .dns = 3};
  return set;
}

/// That a.video.example is at 192.0.2.`last`.
Octets dnsAnswer(uint8_t last) {
  Octets message = {0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 1, 'a', 5};
  append(message, text("video"));
  message.push_back(7);
  append(message, text("example"));
  append(message, {0, 0, 1, 0, 1, 0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, last});
  return message;
}

enum class Asked : uint8_t { YES, NO };

/// A capture in the making: each frame a microsecond after the one before.
class Conversations {
 public:
  /// The client has been told the address by its resolver, or not yet.
  void lookUp(const std::string& client, uint8_t server, Asked asked = Asked::YES) {
    if (asked == Asked::YES) {
      Octets query = dnsAnswer(server);
      query[2] = 1;
      query[3] = query[7] = 0;
      query.resize(query.size() - 16);
      add(udpIp(client, RESOLVER, {4000, 53}, query));
    }
    add(udpIp(RESOLVER, client, {53, 4000}, dnsAnswer(server)));
  }
  void connect(const std::string& client, uint8_t server) {
    const Octets hello = tcp({++port_, 443}, {}, {0x16, 3, 1, 0, 1, 9});
    add(ipv4({client, "192.0.2." + std::to_string(server), 6}, hello));
  }
  void invite(const std::string& client, const std::string& media, uint16_t proxyPort = 5060) {
    const Octets body = text("INVITE sip:b@example SIP/2.0\r\n\r\nv=0\r\nc=IN IP4 " + media +
                             "\r\nm=audio 6000 RTP/AVP 0\r\n");
    add(udpIp(client, PROXY, {proxyPort, proxyPort}, body));
  }
  void talk(const std::string& client, const std::string& media) {
    add(udpIp(media, client, {6000, ++port_}, Octets(40, 0x80)));
  }
  /// Over an FTP control channel, for a data connection that anybody may open.
  void passive(const std::string& client, uint8_t server) {
    const std::string host = "192.0.2." + std::to_string(server);
    const Octets reply = text("227 ok (192,0,2," + std::to_string(server) + ",156,85)\r\n");
    add(ipv4({host, client, 6}, tcp({21, 4100}, {}, reply)));
  }
  void transfer(const std::string& client, uint8_t server) {
    add(ipv4({client, "192.0.2." + std::to_string(server), 6},
             tcp({++port_, 40021}, {}, text("data"))));
  }

  [[nodiscard]] const std::vector<TestPacket>& packets() const { return packets_; }

 private:
  static Octets udpIp(const std::string& from, const std::string& to, Ports ports,
                      const Octets& body) {
    return ipv4({from, to}, udp(ports, body));
  }
  void add(const Octets& ip) {
    const Octets frame = ethernet({}, ip);
    packets_.push_back({timestampNs_ += 1000, frame, static_cast<uint32_t>(frame.size())});
  }

  std::vector<TestPacket> packets_;
  int64_t timestampNs_ = 1'700'000'000'000'000'000;
  uint16_t port_ = 10'000;
};

/// Whether a flow comes before or after what tells of it is up to chance, and both lie in one
/// batch.
std::vector<TestPacket> conversations(uint32_t count) {
  std::mt19937_64 random(1);
  Conversations capture;
  for (uint32_t i = 0; i < count; ++i) {
    const std::string client = "10.1.0." + std::to_string(random() % 200);
    const std::string media = "10.2.0." + std::to_string(random() % 200);
    const auto server = static_cast<uint8_t>(random() % 250);
    switch (random() % 8) {
      case 0:
        capture.lookUp(client, server);
        break;
      case 1:
        capture.invite(client, media);
        break;
      case 2:
        capture.invite(client, media, 5070);
        break;
      case 3:
        capture.passive(client, server);
        break;
      case 4:
        capture.transfer(client, server);
        break;
      case 5:
        capture.talk(client, media);
        break;
      default:
        capture.connect(client, server);
    }
  }
  return capture.packets();
}

struct Run {
  std::vector<std::string> records;  ///< lines of JSON, sorted
  uint64_t captured = 0;
  uint64_t overheard = 0;
};

Run runOn(const std::string& path, const SignatureSet& set, uint32_t lanes) {
  const TemporaryFile records({});
  DataPlaneConfig config{.source = FileOptions{path}, .lanes = lanes};
  config.signatures = set;
  config.recordsPath = records.path();
  DataPlane plane(std::move(config));
  plane.build();
  plane.open();
  plane.start();
  plane.wait();
  Run run;
  for (const LaneCounters& lane : plane.counters()) {
    uint64_t accounted = lane.recorded.packets;
    for (const PacketSum& reason : lane.exceptions) accounted += reason.packets;
    CHECK(accounted == lane.captured.packets);
    run.captured += lane.captured.packets;
    run.overheard += lane.overheardPackets;
  }
  std::ifstream file(records.path());
  for (std::string line; std::getline(file, line);) run.records.push_back(line);
  std::sort(run.records.begin(), run.records.end());
  return run;
}

int64_t named(const Run& run, const std::string& name) {
  const std::string wanted = "\"applicationName\":\"" + name + '"';
  return std::count_if(run.records.begin(), run.records.end(), [&](const std::string& line) {
    return line.find(wanted) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("an answer that nobody asked for names flows of its receiver alone") {
  for (const Asked asked : {Asked::YES, Asked::NO}) {
    Conversations capture;
    capture.lookUp("10.1.0.1", 7, asked);
    for (uint8_t client = 1; client <= 20; ++client)
      capture.connect("10.1.0." + std::to_string(client), 7);
    const TemporaryFile file(
        pcapFile(ByteOrder::NATIVE, TestResolution::NANOSECONDS, capture.packets()));
    for (const uint32_t lanes : {1U, 3U})
      CHECK(named(runOn(file.path(), signatures(), lanes), "Video") ==
            (asked == Asked::YES ? 20 : 1));
  }
}

TEST_CASE("what was told between other hosts names the same flows on any number of lanes") {
  const auto packets = conversations(6000);
  const TemporaryFile capture(pcapFile(ByteOrder::NATIVE, TestResolution::NANOSECONDS, packets));
  const Run alone = runOn(capture.path(), signatures(), 1);
  CHECK(alone.overheard == 0);
  for (const auto* name : {"TLS", "Video", "RTP", "FTP-data", "unknown"})
    CHECK(named(alone, name) > 50);
  for (const uint32_t lanes : {2U, 3U}) {
    const Run shared = runOn(capture.path(), signatures(), lanes);
    CHECK(shared.captured == packets.size());
    CHECK(shared.overheard > 500);
    CHECK(shared.records == alone.records);
  }
}

}  // namespace weir
