// SPDX-License-Identifier: Apache-2.0
#include "dissect/ssh_banner.h"

#include <doctest/doctest.h>

#include <set>
#include <string_view>

#include "dissect/test_tshark.h"

namespace weir {
namespace {

Reading read(std::string_view text, SshBanner& banner) {
  return readSshBanner({reinterpret_cast<const uint8_t*>(text.data()), text.size()}, banner);
}

Reading readingOf(std::string_view text) {
  SshBanner banner;
  return read(text, banner);
}

TEST_CASE("a banner tells its software") {
  for (const std::string end : {"\r\n", "\n", " Debian-2 x\r\n\x01\x02"}) {
    SshBanner banner;
    const std::string text = "SSH-2.0-OpenSSH_9.2p1" + end;
    CHECK(read(text, banner) == Reading::COMPLETE);
    CHECK(banner.protocolVersion == "2.0");
    CHECK(banner.software == "OpenSSH_9.2p1");
    for (size_t cut = 0; cut <= text.find('\n'); ++cut)
      CHECK(readingOf(std::string_view(text).substr(0, cut)) == Reading::NEEDS_MORE);
  }
}

TEST_CASE("what is no banner is not this") {
  for (const char* text :
       {"SSH-\n", "SSH-2.0\n", "SSH--x\n", "SSH-2.0-\r\n", "SSH-2.0- x\n", "SSH-two-x\n", "SS\n",
        "Welcome\r\nSSH-2.0-x\r\n", "S-", "SSH-2.0-a\x80\n", "\x16\x03", "SSH-2.0-a\x01"})
    CHECK(readingOf(text) == Reading::NOT_THIS);
}

TEST_CASE("the banner is bounded") {
  const std::string longest = "SSH-2.0-" + std::string(245, 'a');
  CHECK(readingOf(longest + "\r\n") == Reading::COMPLETE);
  CHECK(readingOf(longest + "a\r\n") == Reading::NOT_THIS);
  CHECK(readingOf(longest + "aaa") == Reading::NOT_THIS);
}

TEST_CASE("banners of real applications are what tshark reads") {
  for (const char* name : {"custom_categories.pcapng"}) {
    const std::string capture = test::applicationCapture(name);
    if (capture.empty()) continue;
    std::multiset<std::string> expected;
    for (const auto& row : test::tsharkRows(capture, "ssh.protocol", "-e ssh.protocol"))
      expected.insert(row[0]);
    std::multiset<std::string> seen;
    for (const test::TestStream& stream : test::streamsOf(capture)) {
      SshBanner banner;
      if (read(stream.octets, banner) != Reading::COMPLETE) continue;
      const std::string written = "SSH-" + banner.protocolVersion + "-" + banner.software;
      for (const std::string& line : expected)
        if (line == written || line.starts_with(written + " ")) {
          seen.insert(line);
          break;
        }
    }
    MESSAGE(capture, ": ", seen.size(), " banners");
    CHECK(seen == expected);
  }
}

}  // namespace
}  // namespace weir
