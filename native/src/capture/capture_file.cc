// SPDX-License-Identifier: Apache-2.0
#include "capture/capture_file.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "capture/capture_error.h"
#include "capture/link_layer.h"

namespace weir {
namespace {

struct Compression {
  const char* name;
  const char* remedy;
  std::array<uint8_t, 4> magic;
  size_t magicBytes;
};
constexpr Compression COMPRESSIONS[] = {
    {"gzip", "`gunzip -c FILE | weir probe --read -`", {0x1f, 0x8b}, 2},
    {"zstd", "`zstd -dc FILE | weir probe --read -`", {0x28, 0xb5, 0x2f, 0xfd}, 4},
    {"xz", "`xz -dc FILE | weir probe --read -`", {0xfd, 0x37, 0x7a, 0x58}, 4},
    {"bzip2", "`bzip2 -dc FILE | weir probe --read -`", {0x42, 0x5a, 0x68}, 3},
};

[[noreturn]] void refuse(const std::string& path, const FileBytes& bytes) {
  for (const Compression& known : COMPRESSIONS)
    if (bytes.size() >= known.magicBytes &&
        std::memcmp(bytes.data(), known.magic.data(), known.magicBytes) == 0)
      throw CaptureError(
          capture_code::COMPRESSED_FILE,
          path + " is compressed with " + known.name + "; unpack it first, e.g. " + known.remedy);
  throw CaptureError(capture_code::NOT_A_CAPTURE_FILE,
                     path + (bytes.size() == 0 ? " is empty" : " is neither pcap nor pcapng") +
                         "; give a file written by tcpdump, dumpcap or Wireshark");
}

struct LinkTypeName {
  uint16_t type;
  const char* name;
};
/// What people meet among the link types that Weir does not read.
constexpr LinkTypeName UNREADABLE[] = {
    {6, "token ring"},
    {10, "FDDI"},
    {107, "frame relay"},
    {119, "802.11 with a Prism header"},
    {127, "802.11 with a radiotap header"},
    {147, "reserved for private use"},
    {163, "802.11 with an AVS header"},
    {187, "Bluetooth HCI"},
    {189, "USB"},
    {192, "per-packet information"},
    {195, "802.15.4"},
    {201, "Bluetooth HCI"},
    {220, "USB"},
    {227, "CAN"},
    {239, "netfilter log"},
    {249, "USB"},
    {253, "netlink"},
};

[[noreturn]] void refuseLinkType(const std::string& path, LinkType type) {
  const auto number = static_cast<uint16_t>(type);
  std::string name;
  for (const LinkTypeName& known : UNREADABLE)
    if (known.type == number) name = std::string(" (") + known.name + ")";
  throw CaptureError(
      capture_code::UNSUPPORTED_LINK_TYPE,
      path + " has link type " + std::to_string(number) + name +
          ", which Weir does not read; capture on an Ethernet or IP interface, or where N "
          "octets stand before each Ethernet header cut them off: `editcap -C N -L -T ether FILE "
          "NEW`");
}

}  // namespace

void CaptureFile::open() {
  bytes_.open(path_);
  if (PcapReader::recognises(bytes_))
    format_ = Format::PCAP;
  else if (PcapngReader::recognises(bytes_))
    format_ = Format::PCAPNG;
  else
    refuse(path_, bytes_);
  start();
  checkLinkTypes();
}

/// Some unreadable interfaces of a pcapng file are counted frame by frame. A file of nothing else
/// is a mistake, and said to be one where that can be known: what a pipe will bring cannot.
void CaptureFile::checkLinkTypes() {
  if (format_ == Format::PCAP && !isReadable(pcap_.linkType()))
    refuseLinkType(path_, pcap_.linkType());
  if (format_ == Format::PCAP || !bytes_.rewindable()) return;
  PacketView frame;
  while (!ended()) {
    const size_t count = read({&frame, 1});
    if (count > 0 && isReadable(frame.linkType)) break;
  }
  if (!isReadable(frame.linkType)) refuseLinkType(path_, frame.linkType);
  rewind();
}

void CaptureFile::rewind() {
  counters_ = {};
  bytes_.rewind();
  start();
}

void CaptureFile::start() {
  if (format_ == Format::PCAP) pcap_.start(bytes_);
  if (format_ == Format::PCAPNG) pcapng_.start();
}

size_t CaptureFile::read(std::span<PacketView> batch, ReadExtent extent) {
  if (format_ == Format::NOT_OPEN) return 0;
  const size_t count = format_ == Format::PCAPNG ? pcapng_.read(bytes_, batch, counters_, extent)
                                                 : pcap_.read(bytes_, batch, counters_, extent);
  counters_.fileReadFailures = bytes_.failed() ? 1 : 0;
  return count;
}

void CaptureFile::handOver(std::vector<uint8_t>& octets) {
  if (format_ == Format::PCAPNG)
    pcapng_.handOver(bytes_, octets);
  else
    pcap_.handOver(bytes_, octets);
}

bool CaptureFile::ended() const {
  if (format_ == Format::NOT_OPEN) return true;
  return format_ == Format::PCAPNG ? pcapng_.ended() : pcap_.ended();
}

int64_t CaptureFile::clockNs() const {
  return format_ == Format::PCAPNG ? pcapng_.clockNs() : pcap_.clockNs();
}

}  // namespace weir
