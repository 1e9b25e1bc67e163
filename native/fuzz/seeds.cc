// SPDX-License-Identifier: Apache-2.0
// Writes the first inputs of the harnesses: fuzz_seeds CAPTURE FOLDER. Each harness gets a folder
// with frames of the capture, frames that the unit tests are made of, and files of both formats.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "capture/capture_file.h"
#include "capture/test_captures.h"
#include "collect/enrich/test_mmdb_writer.h"
#include "decode/packet_decoder.h"
#include "decode/test_encapsulations.h"
#include "dissect/test_client_hello.h"
#include "dissect/test_gquic_hello.h"
#include "dissect/test_quic_packets.h"
#include "dissect/test_quic_vectors.h"
#include "frame_input.h"

namespace weir::fuzz {
namespace {

using namespace weir::test;

constexpr size_t FRAME_BYTES_MAXIMUM = 400;  // headers and the start of the payload
constexpr size_t FLOWS_MAXIMUM = 40;         // of the capture, one of each kind first
constexpr size_t FRAMES_OF_A_FLOW = 6;

class SeedFolder {
 public:
  explicit SeedFolder(std::filesystem::path path) : path_(std::move(path)) {
    std::filesystem::create_directories(path_);
  }
  void write(const Octets& content) {
    std::ofstream(path_ / ("seed-" + std::to_string(count_++)), std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
  }

 private:
  std::filesystem::path path_;
  size_t count_ = 0;
};

/// The format of frame_input.h.
Octets frameInput(const std::vector<Octets>& frames, uint8_t linkTypeIndex = 0) {
  Octets input = {linkTypeIndex, 0, 0};
  for (const Octets& frame : frames) {
    const size_t bytes = std::min(frame.size(), FRAME_BYTES_MAXIMUM);
    input.push_back(static_cast<uint8_t>(std::min<size_t>(frame.size() - bytes, 255)));
    input.push_back(static_cast<uint8_t>(bytes));
    input.push_back(static_cast<uint8_t>(bytes >> 8U));
    input.insert(input.end(), frame.begin(), frame.begin() + static_cast<ptrdiff_t>(bytes));
  }
  return input;
}

/// The first frames of each of a capture's flows, flows with different ports.
std::vector<std::vector<Octets>> flowsOf(const std::string& capture) {
  CaptureFile file(capture);
  file.open();
  PacketDecoder decoder;
  std::map<std::string, std::vector<Octets>> flows;
  std::array<PacketView, 32> batch;
  while (const size_t count = file.read(batch))
    for (const PacketView& view : std::span(batch).first(count)) {
      DecodedPacket packet;
      decoder.decode(view, packet);
      const std::string kind = std::to_string(packet.key.protocol) + "/" +
                               std::to_string(std::min(packet.key.portA, packet.key.portB)) + "/" +
                               std::to_string(packet.key.ipVersion);
      auto& frames = flows[kind];
      if (frames.size() < FRAMES_OF_A_FLOW)
        frames.emplace_back(view.data, view.data + view.capturedLengthBytes);
    }
  std::vector<std::vector<Octets>> result;
  for (const auto& [kind, frames] : flows)
    if (result.size() < FLOWS_MAXIMUM) result.push_back(frames);
  return result;
}

std::vector<Octets> testFrames() {
  const auto segment = tcp({}, {.options = {1, 1, 1, 0}}, text("payload"));
  const Octets datagram = udp({}, text("datagram"));
  return {
      ethernet({0x0800, {0x81000001, 0x88a80002}, 80}, ipv4({.protocol = 6}, segment)),
      ethernet({}, ipv4({.fragment = 0x2000}, datagram)),
      ethernet({}, ipv4({.fragment = 0x0001}, text("later part"))),
      ethernet({0x86dd}, ipv6({.nextHeader = 0}, extension(60, extension(17, datagram)))),
      ethernet({0x86dd}, ipv6({.nextHeader = 44}, fragmentHeader(17, 0x0001, 7, datagram))),
      ethernet({0x86dd}, ipv6({.nextHeader = 44}, fragmentHeader(17, 0x0008, 7, text("later")))),
      ethernet({0x86dd}, ipv6({.nextHeader = 58}, icmp(128, 0))),
      ethernet({}, ipv4({.protocol = 1}, icmp(8, 0))),
      ethernet({}, ipv4({.protocol = 4}, ipv4({}, datagram))),
      ethernet({}, ipv4({.protocol = 47}, {0, 0, 8, 0, 0x45, 0, 0, 28})),
      ethernet({0x8847}, {0, 1, 0x11, 64, 0x45, 0, 0, 28}),
      ethernet({0x8864}, {0x11, 0, 0, 1, 0, 30, 0, 0x21, 0x45, 0, 0, 28}),
      ethernet({0x0806}, Octets(28)),
  };
}

uint8_t indexOf(LinkType linkType) {
  const auto* const found =
      std::find(std::begin(LINK_TYPES), std::end(LINK_TYPES), static_cast<uint16_t>(linkType));
  return static_cast<uint8_t>(found - std::begin(LINK_TYPES));
}

void writeFrames(SeedFolder decode, SeedFolder lane, const std::string& capture) {
  for (const auto& frames : flowsOf(capture)) {
    lane.write(frameInput(frames));
    decode.write(frameInput({frames.front()}));
  }
  for (const Octets& frame : testFrames()) decode.write(frameInput({frame}));
  decode.write(frameInput(testFrames()));
  const Octets inner = ipv4({}, udp({}, text("inner")));
  for (const Encapsulation& around : allEncapsulations())
    decode.write(
        frameInput({around.wrap(IPV4_TYPE, inner, Way::FORWARD)}, indexOf(around.linkType)));
}

void writeCaptureFiles(SeedFolder files) {
  const auto packets = packetsOfPairs(1);
  for (const ByteOrder order : {ByteOrder::NATIVE, ByteOrder::SWAPPED})
    for (const auto resolution : {TestResolution::MICROSECONDS, TestResolution::NANOSECONDS})
      for (const Octets& content :
           {pcapFile(order, resolution, packets), pcapngFile(order, resolution, packets)}) {
        Octets input = {60};  // octets that the pipe is read in
        append(input, content);
        files.write(input);
      }
  PcapngWriter writer(ByteOrder::NATIVE);
  writer.section().interface(writer.option(9, {0x80 | 10}), 1, 64).simple(packets[0]);
  writer.obsolete(0, 7, packets[1]).block(5, Octets(12)).section().interface().simple(packets[2]);
  Octets input = {7};
  append(input, writer.octets());
  files.write(input);
}

/// The format of dissect_tls_fuzz.cc.
void writeClientHellos(SeedFolder hellos) {
  const auto write = [&](const HelloOctets& stream) {
    const auto half = static_cast<uint16_t>(stream.size() / 2);
    hellos.write(HelloOctets{0, static_cast<uint8_t>(half), static_cast<uint8_t>(half >> 8U)} +
                 stream);
  };
  HelloFields fields = browserHello();
  write(tlsRecords(helloMessage(fields)));
  write(tlsRecords(helloMessage(fields), 100));
  write(tlsRecords(helloMessage({.legacyVersion = 0x0301})));
  fields.legacyVersion = 0xfefd;
  const auto datagrams = [&](uint8_t carrier, const std::vector<HelloOctets>& all) {
    HelloOctets input = {carrier};
    for (const HelloOctets& one : all)
      input =
          input +
          HelloOctets{static_cast<uint8_t>(one.size()), static_cast<uint8_t>(one.size() >> 8U)} +
          one;
    hellos.write(input);
  };
  datagrams(1, {dtlsRecord(fields)});
  datagrams(1, {dtlsRecord(fields, {.offset = 200}), dtlsRecord(fields, {.bytes = 200})});
  const HelloOctets message = helloMessage(browserHello());
  datagrams(2, {fromHex(QUIC_1_CLIENT_INITIAL)});
  datagrams(2, {fromHex(QUIC_2_CLIENT_INITIAL)});
  datagrams(3, {cryptoFrame(message, 0, message.size())});
  datagrams(3, {cryptoFrame(message, 200, message.size() - 200), cryptoFrame(message, 0, 200)});
  datagrams(2, {gquicDatagram("www.example.org")});
  const HelloOctets chlo = gquicHello("www.example.org");
  datagrams(4, {cryptoFrame(chlo, 0, chlo.size(), 8)});
}

/// GeoIP files with all that is read of them.
void writeGeoFiles(SeedFolder files) {
  collect::MmdbWriter writer;
  writer.add(*collect::parseAddressPrefix("192.0.2.0/24"), collect::countryValue("DE"));
  writer.add(*collect::parseAddressPrefix("2001:db8::/32"), collect::asnValue(64500, "Example"));
  const std::string file = writer.file();
  files.write(Octets(file.begin(), file.end()));
}

}  // namespace
}  // namespace weir::fuzz

int main(int count, char** arguments) {
  using namespace weir::fuzz;
  if (count != 3) {
    std::fprintf(stderr, "usage: fuzz_seeds CAPTURE FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = arguments[2];
  writeFrames(SeedFolder(folder / "decode"), SeedFolder(folder / "lane"), arguments[1]);
  writeCaptureFiles(SeedFolder(folder / "capture_file"));
  writeClientHellos(SeedFolder(folder / "dissect_tls"));
  writeGeoFiles(SeedFolder(folder / "geo_file"));
  return 0;
}
