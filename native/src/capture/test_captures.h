// SPDX-License-Identifier: Apache-2.0
// Writes capture files for tests: every format, byte order and resolution.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "capture/byte_order.h"
#include "capture/packet_source.h"
#include "decode/test_frames.h"

namespace weir::test {

struct TestPacket {
  int64_t timestampNs = 0;
  Octets frame;
  uint32_t originalBytes = 0;  ///< 0: as captured

  [[nodiscard]] uint32_t wireBytes() const {
    return originalBytes != 0 ? originalBytes : static_cast<uint32_t>(frame.size());
  }
  bool operator==(const TestPacket&) const = default;
};

enum class TestResolution : uint8_t { MICROSECONDS, NANOSECONDS };

/// Appends integers in a chosen byte order.
class Writer {
 public:
  explicit Writer(ByteOrder order) : order_(order) {}

  Writer& u16(uint16_t value) {
    return raw(order_ == ByteOrder::NATIVE ? value : __builtin_bswap16(value));
  }
  Writer& u32(uint32_t value) {
    return raw(order_ == ByteOrder::NATIVE ? value : __builtin_bswap32(value));
  }
  Writer& u64(uint64_t value) {
    return raw(order_ == ByteOrder::NATIVE ? value : __builtin_bswap64(value));
  }
  Writer& bytes(const Octets& more) {
    append(octets_, more);
    return *this;
  }
  Writer& pad() {
    octets_.resize((octets_.size() + 3) / 4 * 4);
    return *this;
  }
  [[nodiscard]] const Octets& octets() const { return octets_; }

 private:
  template <typename Integer>
  Writer& raw(Integer value) {
    const auto* const from = reinterpret_cast<const uint8_t*>(&value);
    octets_.insert(octets_.end(), from, from + sizeof value);
    return *this;
  }

  ByteOrder order_;
  Octets octets_;
};

inline Octets pcapHeader(ByteOrder order, TestResolution resolution, uint32_t linkType = 1) {
  const uint32_t magic = resolution == TestResolution::NANOSECONDS ? 0xa1b23c4d : 0xa1b2c3d4;
  return Writer(order).u32(magic).u16(2).u16(4).u32(0).u32(0).u32(65535).u32(linkType).octets();
}

inline Octets pcapRecord(ByteOrder order, TestResolution resolution, const TestPacket& packet) {
  const int64_t unitNs = resolution == TestResolution::NANOSECONDS ? 1 : 1000;
  return Writer(order)
      .u32(static_cast<uint32_t>(packet.timestampNs / 1'000'000'000))
      .u32(static_cast<uint32_t>(packet.timestampNs % 1'000'000'000 / unitNs))
      .u32(static_cast<uint32_t>(packet.frame.size()))
      .u32(packet.wireBytes())
      .bytes(packet.frame)
      .octets();
}

inline Octets pcapFile(ByteOrder order, TestResolution resolution,
                       const std::vector<TestPacket>& packets) {
  Octets file = pcapHeader(order, resolution);
  for (const TestPacket& packet : packets) append(file, pcapRecord(order, resolution, packet));
  return file;
}

/// Builds pcapng blocks of one section's byte order.
class PcapngWriter {
 public:
  explicit PcapngWriter(ByteOrder order) : order_(order) {}

  PcapngWriter& block(uint32_t type, const Octets& body) {
    const auto total = static_cast<uint32_t>((body.size() + 3) / 4 * 4 + 12);
    append(octets_, Writer(order_).u32(type).u32(total).bytes(body).pad().u32(total).octets());
    return *this;
  }
  PcapngWriter& section() {
    return block(0x0a0d0d0a, Writer(order_).u32(0x1a2b3c4d).u16(1).u16(0).u64(UINT64_MAX).octets());
  }
  PcapngWriter& interface(const Octets& options = {}, uint16_t linkType = 1,
                          uint32_t snapLengthBytes = 0) {
    return block(1,
                 Writer(order_).u16(linkType).u16(0).u32(snapLengthBytes).bytes(options).octets());
  }
  PcapngWriter& enhanced(uint32_t interfaceId, uint64_t units, const TestPacket& packet) {
    return block(6, timed(Writer(order_).u32(interfaceId), units, packet));
  }
  PcapngWriter& obsolete(uint16_t interfaceId, uint64_t units, const TestPacket& packet) {
    return block(2, timed(Writer(order_).u16(interfaceId).u16(0), units, packet));
  }
  PcapngWriter& simple(const TestPacket& packet) {
    return block(3, Writer(order_).u32(packet.wireBytes()).bytes(packet.frame).octets());
  }
  [[nodiscard]] Octets option(uint16_t code, const Octets& value) const {
    return Writer(order_)
        .u16(code)
        .u16(static_cast<uint16_t>(value.size()))
        .bytes(value)
        .pad()
        .octets();
  }
  [[nodiscard]] const Octets& octets() const { return octets_; }

 private:
  static Octets timed(Writer writer, uint64_t units, const TestPacket& packet) {
    return writer.u32(static_cast<uint32_t>(units >> 32))
        .u32(static_cast<uint32_t>(units))
        .u32(static_cast<uint32_t>(packet.frame.size()))
        .u32(packet.wireBytes())
        .bytes(packet.frame)
        .octets();
  }

  ByteOrder order_;
  Octets octets_;
};

inline Octets pcapngFile(ByteOrder order, TestResolution resolution,
                         const std::vector<TestPacket>& packets) {
  PcapngWriter writer(order);
  const bool nanoseconds = resolution == TestResolution::NANOSECONDS;
  writer.section().interface(nanoseconds ? writer.option(9, {9}) : Octets{});
  for (const TestPacket& packet : packets)
    writer.enhanced(0, static_cast<uint64_t>(packet.timestampNs) / (nanoseconds ? 1 : 1000),
                    packet);
  return writer.octets();
}

/// A file that is gone with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const Octets& content) {
    const int fd = ::mkstemp(path_.data());
    if (fd < 0) throw std::runtime_error("cannot create a temporary file");
    ::close(fd);
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { ::unlink(path_.c_str()); }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/weir-capture-XXXXXX";
};

/// A pipe that holds `content` (at most 64 KiB) and ends there.
class FilledPipe {
 public:
  explicit FilledPipe(const Octets& content) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("cannot create a pipe");
    readEnd_ = ends[0];
    const ssize_t written = ::write(ends[1], content.data(), content.size());
    ::close(ends[1]);
    if (written != static_cast<ssize_t>(content.size()))
      throw std::runtime_error("the pipe is too small for the test");
  }
  FilledPipe(const FilledPipe&) = delete;
  FilledPipe& operator=(const FilledPipe&) = delete;
  ~FilledPipe() { ::close(readEnd_); }

  [[nodiscard]] std::string path() const { return "/dev/fd/" + std::to_string(readEnd_); }

 private:
  int readEnd_;
};

inline TestPacket copyOf(const PacketView& view) {
  return {view.timestampNs,
          {view.data, view.data + view.capturedLengthBytes},
          view.originalLengthBytes};
}

/// Packets with addresses of `pairs` different IP pairs, both directions, IPv4, IPv6 and tagged.
inline std::vector<TestPacket> packetsOfPairs(uint32_t pairs) {
  std::vector<TestPacket> packets;
  int64_t timestampNs = 1'700'000'000'123'456'000;
  const auto add = [&](const Octets& frame) {
    packets.push_back({timestampNs += 1'000'000, frame, static_cast<uint32_t>(frame.size())});
  };
  for (uint32_t pair = 0; pair < pairs; ++pair) {
    const std::string host = std::to_string(pair / 250) + "." + std::to_string(pair % 250 + 1);
    const std::string one = "10.1." + host;
    const std::string two = "172.16." + host;
    const std::string six = "2001:db8::" + std::to_string(pair + 1);
    const Octets body =
        udp({40000, 4000}, text("pair " + std::to_string(pair)));  // none is overheard
    add(ethernet({}, ipv4({.source = one, .destination = two}, body)));
    add(ethernet({}, ipv4({.source = two, .destination = one}, body)));
    add(ethernet({}, ipv4({.source = one, .destination = two, .fragment = 3}, body)));
    add(ethernet({0x0800, {0x88a80005, 0x81000006}}, ipv4({two, one}, body)));
    add(ethernet({0x86dd}, ipv6({six, "2001:db8:1::1"}, body)));
    add(ethernet({0x86dd, {0x81000006}}, ipv6({"2001:db8:1::1", six}, body)));
  }
  add(ethernet({0x0806}, Octets(28)));
  return packets;
}

}  // namespace weir::test
