// SPDX-License-Identifier: Apache-2.0
// What FTP and SIP announce: whatever comes, announcements are bounded and believable, and those
// that a quick look rules out are none. First octet: transport and side; the rest is the text.
#include <array>
#include <cctype>
#include <string>

#include "classify/control_channel.h"
#include "fuzz_input.h"

namespace weir::fuzz {
namespace {

constexpr uint8_t TCP = 6;
constexpr uint8_t UDP = 17;

class Announcements {
 public:
  Announcements(const ControlPayload& payload) : count_(findAnnouncements(payload, all_)) {
    require(count_ <= all_.size(), "announcements are bounded");
  }

  [[nodiscard]] std::span<const Announcement> all() const { return std::span(all_).first(count_); }

 private:
  std::array<Announcement, ANNOUNCEMENTS_MAX> all_;
  size_t count_;
};

/// RTCP goes beside RTP (RFC 3550 11).
void checkForm(std::span<const Announcement> all, Transport transport) {
  for (size_t i = 0; i < all.size(); ++i) {
    const auto& [endpoint, role] = all[i];
    const bool isData = role == AnnouncedRole::FTP_DATA;
    require(endpoint.protocol == (isData ? TCP : UDP), "data goes over TCP, media over UDP");
    if (isData) require(transport == Transport::TCP, "FTP's control channel is of TCP");
    if (role != AnnouncedRole::RTCP) continue;
    require(i > 0 && all[i - 1].role == AnnouncedRole::RTP, "RTCP follows its RTP");
    require(all[i - 1].endpoint.address == endpoint.address, "both are at one address");
    require(all[i - 1].endpoint.port + 1 == endpoint.port, "RTCP is at the next port");
  }
}

/// The letters of commands may be of either case; of FTP nothing else has letters that count but
/// the digits of an IPv6 address.
void checkCase(const ControlPayload& payload, std::span<const Announcement> all) {
  if (all.empty() || all.front().role != AnnouncedRole::FTP_DATA) return;
  std::string lowered(payload.text);
  for (char& character : lowered)
    character = static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
  ControlPayload other = payload;
  other.text = lowered;
  const Announcements found(other);
  require(found.all().size() == all.size(), "small letters announce the same");
  for (size_t i = 0; i < all.size(); ++i)
    require(found.all()[i].endpoint == all[i].endpoint, "and in the same places");
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  using namespace weir::fuzz;
  FuzzInput input(data, size);
  const auto what = input.integer<uint8_t>();
  const ExactBlock block(input.take(SIZE_MAX));
  ControlPayload payload;
  payload.text = {reinterpret_cast<const char*>(block.view().data()), block.view().size()};
  payload.transport = (what & 1U) != 0 ? Transport::UDP : Transport::TCP;
  payload.side = (what & 2U) != 0 ? StreamSide::SERVER : StreamSide::CLIENT;
  payload.sender[15] = 1;
  const Announcements found(payload);
  if (!mayAnnounce(payload.text)) require(found.all().empty(), "a quick look misses nothing");
  checkForm(found.all(), payload.transport);
  checkCase(payload, found.all());
  return 0;
}
