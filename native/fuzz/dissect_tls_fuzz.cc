// SPDX-License-Identifier: Apache-2.0
// ClientHellos in TLS, DTLS and QUIC: what is told early stays, and what is told has the promised
// form. First octet: what carries the hello. TLS: two octets say where the stream is cut, the rest
// is the stream. DTLS, QUIC: datagrams, each after its length in two octets (little-endian), either
// as they are or as the frames of a packet that is authentic.
#include <algorithm>
#include <string_view>
#include <vector>

#include "dissect/dtls_hello.h"
#include "dissect/quic_initial.h"
#include "dissect/test_quic_packets.h"
#include "dissect/tls_client_hello.h"
#include "fuzz_input.h"

namespace weir::fuzz {
namespace {

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

void fuzzTls(FuzzInput& input) {
  const size_t cut = input.integer<uint16_t>();
  const auto stream = input.take(SIZE_MAX);
  const ExactBlock whole(stream);
  const ExactBlock start(stream.first(std::min(cut, stream.size())));
  ClientHello hello;
  ClientHello early{
      .serverName = "left over", .alpn = "left over", .version = 1, .ja4 = "left over"};
  const Reading reading = readTlsClientHello(whole.view(), hello);
  const Reading earlyReading = readTlsClientHello(start.view(), early);
  checkForm(reading, hello);
  checkForm(earlyReading, early);
  checkOrder(earlyReading, early, reading, hello);
}

/// gQUIC's hello has no fingerprint and no version.
void checkQuicForm(Reading reading, const ClientHello& hello) {
  if (reading != Reading::COMPLETE || !hello.ja4.empty()) checkForm(reading, hello);
}

/// A hello that follows a HelloVerifyRequest may tell other things: only what is final stays.
void fuzzDtls(FuzzInput& input) {
  constexpr int DATAGRAMS_MAX = 64;
  DtlsHelloReader reader;
  Reading reading = Reading::NEEDS_MORE;
  for (int i = 0; i < DATAGRAMS_MAX && !input.empty(); ++i) {
    const ClientHello early = reader.hello();
    const Reading earlyReading = reading;
    const ExactBlock datagram(input.take(input.integer<uint16_t>()));
    reading = reader.add(datagram.view());
    checkForm(reading, reader.hello());
    if (earlyReading == Reading::NEEDS_MORE) continue;
    checkOrder(earlyReading, early, reading, reader.hello());
  }
}

using Datagram = std::vector<uint8_t> (*)(std::span<const uint8_t>);

void fuzzQuic(Datagram datagramOf, FuzzInput& input) {
  constexpr int DATAGRAMS_MAX = 16;
  QuicInitialReader reader;
  Reading reading = Reading::NEEDS_MORE;
  for (int i = 0; i < DATAGRAMS_MAX && !input.empty(); ++i) {
    const ClientHello early = reader.hello();
    const Reading earlyReading = reading;
    const ExactBlock datagram(datagramOf(input.take(input.integer<uint16_t>())));
    reading = reader.add(datagram.view());
    checkQuicForm(reading, reader.hello());
    checkOrder(earlyReading, early, reading, reader.hello());
  }
}

std::vector<uint8_t> asItIs(std::span<const uint8_t> octets) {
  return {octets.begin(), octets.end()};
}

template <uint32_t VERSION>
std::vector<uint8_t> sealed(std::span<const uint8_t> frames) {
  return test::filledDatagram(test::initialPacket({.version = VERSION}, asItIs(frames)));
}

constexpr uint32_t Q050 = 0x51303530;
constexpr Datagram DATAGRAMS[] = {asItIs, sealed<1>, sealed<Q050>};

}  // namespace
}  // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir;
  using namespace weir::fuzz;
  FuzzInput input(data, size);
  constexpr size_t OTHERS = 2;
  const size_t carrier = input.integer<uint8_t>() % (OTHERS + std::size(DATAGRAMS));
  if (carrier == 0)
    fuzzTls(input);
  else if (carrier == 1)
    fuzzDtls(input);
  else
    fuzzQuic(DATAGRAMS[carrier - OTHERS], input);
  return 0;
}
