// SPDX-License-Identifier: Apache-2.0
// ClientHellos in TLS and DTLS: what is told early stays, and what is told has the promised form.
// First octet: what carries the hello; two octets: where the stream is cut; the rest is the stream.
#include <algorithm>
#include <string_view>

#include "dissect/tls_client_hello.h"
#include "fuzz_input.h"

namespace weir::fuzz {
namespace {

using Reader = Reading (*)(std::span<const uint8_t>, ClientHello&);

constexpr Reader READERS[] = {readTlsClientHello, readDtlsClientHello};

bool isHostNameCharacter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') ||
         character == '-' || character == '_' || character == '.';
}

bool isEmpty(const ClientHello& hello) {
  return hello.serverName.empty() && hello.alpn.empty() && hello.version == 0 && hello.ja4.empty();
}

void checkForm(Reading reading, const ClientHello& hello) {
  constexpr size_t JA4_CHARACTERS = 36;
  const std::string_view name = hello.serverName;
  require(name.size() <= 253 && std::all_of(name.begin(), name.end(), isHostNameCharacter),
          "the server's name is a host name");
  require(hello.alpn.size() <= 255, "the list of protocols has a limit");
  require(std::all_of(hello.alpn.begin(), hello.alpn.end(),
                      [](char character) { return character > ' ' && character < 0x7f; }),
          "protocols can be printed");
  require(hello.ja4.size() == (reading == Reading::COMPLETE ? JA4_CHARACTERS : 0),
          "a complete hello has a fingerprint, no other has");
  if (reading == Reading::COMPLETE) require(hello.version != 0, "a complete hello has a version");
  if (reading == Reading::NOT_THIS) require(isEmpty(hello), "what is no hello tells nothing");
}

template <typename Fact>
void checkKept(const Fact& early, const Fact& late) {
  require(early == Fact() || early == late, "what is told early stays");
}

/// `early` was read from less than `late`.
void checkOrder(Reading early, const ClientHello& earlyHello, Reading late,
                const ClientHello& lateHello) {
  if (early != Reading::NEEDS_MORE) require(early == late, "an answer that is final stays");
  if (late == Reading::NOT_THIS) return;
  checkKept(earlyHello.serverName, lateHello.serverName);
  checkKept(earlyHello.alpn, lateHello.alpn);
  checkKept(earlyHello.version, lateHello.version);
  checkKept(earlyHello.ja4, lateHello.ja4);
}

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  using namespace weir::fuzz;
  FuzzInput input(data, size);
  const Reader read = READERS[input.integer<uint8_t>() % std::size(READERS)];
  const size_t cut = input.integer<uint16_t>();
  const auto stream = input.take(size);
  const ExactBlock whole(stream);
  const ExactBlock start(stream.first(std::min(cut, stream.size())));
  ClientHello hello;
  ClientHello early{
      .serverName = "left over", .alpn = "left over", .version = 1, .ja4 = "left over"};
  const Reading reading = read(whole.view(), hello);
  const Reading earlyReading = read(start.view(), early);
  checkForm(reading, hello);
  checkForm(earlyReading, early);
  checkOrder(earlyReading, early, reading, hello);
  return 0;
}
