// SPDX-License-Identifier: Apache-2.0
#include "capture.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include "bytes.h"

namespace bench {
namespace {

/// The longest frame that an Ethernet of 1,500 octets takes, with two VLAN tags: longer ones are a
/// sender's before its card has cut them, and cannot be sent over a cable again.
constexpr uint32_t MAXIMUM_FRAME_BYTES = 1522;

using Pcap = std::unique_ptr<pcap_t, decltype(&pcap_close)>;

Pcap openCapture(const std::string& path) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  Pcap pcap(pcap_open_offline(path.c_str(), error.data()), pcap_close);
  if (!pcap) throw std::runtime_error(path + ": " + error.data());
  if (pcap_datalink(pcap.get()) != DLT_EN10MB) {
    throw std::runtime_error(path + ": not Ethernet; only Ethernet captures can be multiplied");
  }
  return pcap;
}

/// Why a frame cannot be used, or null.
const char* unusable(const pcap_pkthdr& header, const Frame& frame) {
  if (header.caplen < header.len) return "truncated";
  if (header.len > MAXIMUM_FRAME_BYTES) return "longerThanEthernet";
  switch (frame.kind) {
    case FrameKind::TUNNEL:
      return "tunnel";
    case FrameKind::UNSUPPORTED:
      return "unsupported";
    case FrameKind::MALFORMED:
      return "malformed";
    default:
      return nullptr;
  }
}

void readFrames(Capture& capture) {
  const Pcap pcap = openCapture(capture.path);
  pcap_pkthdr* header = nullptr;
  const uint8_t* data = nullptr;
  int64_t firstUs = -1;
  int result = 0;
  while ((result = pcap_next_ex(pcap.get(), &header, &data)) == 1) {
    const int64_t timeUs = header->ts.tv_sec * 1000000LL + header->ts.tv_usec;
    if (firstUs < 0) firstUs = timeUs;
    const Frame frame = parseFrame({data, header->caplen});
    if (const char* reason = unusable(*header, frame)) {
      ++capture.leftOut[reason];
      continue;
    }
    const auto offsetUs = static_cast<uint64_t>(std::max<int64_t>(timeUs - firstUs, 0));
    capture.durationUs = std::max(capture.durationUs, offsetUs);
    capture.frames.push_back({.offsetUs = capture.durationUs,
                              .at = capture.octets.size(),
                              .length = header->len,
                              .frame = frame});
    capture.octets.insert(capture.octets.end(), data, data + header->len);
  }
  if (result == PCAP_ERROR) {
    throw std::runtime_error(capture.path + ": " + pcap_geterr(pcap.get()));
  }
}

using Octets = std::vector<uint8_t>;

bool isHost(std::span<const uint8_t> address) {
  if (address.size() == 16) {
    const bool isUnspecified =
        std::ranges::all_of(address, [](uint8_t octet) { return octet == 0; });
    return address[0] != 0xff && !isUnspecified;
  }
  return address[0] > 0 && address[0] < 224;
}

/// Gives numbers to hosts and conversations in the order in which they appear.
class Numbering {
 public:
  explicit Numbering(Capture& capture) : capture_(capture) {}

  void run() {
    for (CapturedFrame& captured : capture_.frames) nameHosts(captured);
    // First fragments, whose ports later ones lack, must be known before those are looked up.
    for (CapturedFrame& captured : capture_.frames) {
      if (captured.frame.fragment == FragmentKind::FIRST) {
        fragments_.emplace(fragmentKey(captured), conversationKey(captured));
      }
    }
    for (CapturedFrame& captured : capture_.frames) nameConversation(captured);
    capture_.hostCount = static_cast<uint32_t>(hosts_.size());
  }

 private:
  std::span<const uint8_t> at(const CapturedFrame& captured, uint32_t offset, uint32_t length) {
    return capture_.octetsOf(captured).subspan(offset, length);
  }

  std::optional<uint32_t> hostAt(const CapturedFrame& captured, uint32_t offset) {
    const auto address = at(captured, offset, captured.frame.addressLength);
    if (!isHost(address)) return std::nullopt;
    const auto number = static_cast<uint32_t>(hosts_.size());
    return hosts_.emplace(Octets(address.begin(), address.end()), number).first->second;
  }

  void nameHosts(CapturedFrame& captured) {
    if (captured.frame.kind != FrameKind::IP) return;
    captured.sourceHost = hostAt(captured, captured.frame.sourceOffset);
    captured.destinationHost = hostAt(captured, captured.frame.destinationOffset());
  }

  Octets fragmentKey(const CapturedFrame& captured) {
    const Frame& frame = captured.frame;
    const auto addresses = at(captured, frame.sourceOffset, 2U * frame.addressLength);
    Octets key(addresses.begin(), addresses.end());
    key.resize(key.size() + 4);
    writeBe(key.data() + key.size() - 4, frame.fragmentId, 4);
    return key;
  }

  Octets endpoint(const CapturedFrame& captured, uint32_t addressOffset, uint32_t portOffset) {
    const Frame& frame = captured.frame;
    const auto address = at(captured, addressOffset, frame.addressLength);
    Octets key(address.begin(), address.end());
    const bool hasPorts = frame.protocol == TCP || frame.protocol == UDP || frame.protocol == SCTP;
    if (!hasPorts || portOffset + 2 > frame.ipEnd) return key;
    const auto port = at(captured, portOffset, 2);
    key.insert(key.end(), port.begin(), port.end());
    return key;
  }

  /// The same in both directions.
  Octets conversationKey(const CapturedFrame& captured) {
    const Frame& frame = captured.frame;
    Octets one = endpoint(captured, frame.sourceOffset, frame.transportOffset);
    Octets other = endpoint(captured, frame.destinationOffset(), frame.transportOffset + 2);
    if (other < one) std::swap(one, other);
    one.insert(one.end(), other.begin(), other.end());
    one.push_back(frame.protocol);
    return one;
  }

  Octets keyOf(const CapturedFrame& captured) {
    if (captured.frame.kind != FrameKind::IP) return {};
    if (captured.frame.fragment != FragmentKind::LATER) return conversationKey(captured);
    const auto first = fragments_.find(fragmentKey(captured));
    return first != fragments_.end() ? first->second : fragmentKey(captured);
  }

  void nameConversation(CapturedFrame& captured) {
    const auto number = static_cast<uint32_t>(capture_.conversations.size());
    captured.conversation = conversations_.emplace(keyOf(captured), number).first->second;
    if (captured.conversation == number) capture_.conversations.emplace_back();
    Conversation& conversation = capture_.conversations[captured.conversation];
    ++conversation.packets;
    conversation.octets += captured.length;
    conversation.isIp = captured.frame.kind == FrameKind::IP;
    conversation.hasHost |= captured.sourceHost || captured.destinationHost;
  }

  Capture& capture_;
  std::map<Octets, uint32_t> hosts_;
  std::map<Octets, uint32_t> conversations_;
  std::map<Octets, Octets> fragments_;
};

}  // namespace

Capture loadCapture(const std::string& path) {
  Capture capture{.path = path};
  readFrames(capture);
  Numbering(capture).run();
  return capture;
}

}  // namespace bench
