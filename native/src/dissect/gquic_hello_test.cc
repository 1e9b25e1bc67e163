// SPDX-License-Identifier: Apache-2.0
#include "dissect/gquic_hello.h"

#include <doctest/doctest.h>

#include "dissect/quic_initial.h"
#include "dissect/test_gquic_hello.h"
#include "dissect/test_quic_packets.h"

namespace weir {
namespace {

using namespace weir::test;

TEST_CASE("the hello in clear tells the server's name, whole datagrams only") {
  for (const HelloOctets& datagram :
       {gquicDatagram("www.Example.org"), oldGquicDatagram("www.Example.org")}) {
    QuicInitialReader reader;
    CHECK(reader.add(datagram) == Reading::COMPLETE);
    CHECK(reader.hello().serverName == "www.example.org");
    CHECK(reader.hello().ja4.empty());
    ClientHello hello;
    for (size_t bytes = 0; bytes + 20 < datagram.size(); ++bytes)
      CHECK(readGquicDatagram(std::span(datagram).first(bytes), hello) == Reading::NOT_THIS);
  }
}

TEST_CASE("every prefix of the message waits, and a name told is final") {
  const HelloOctets message = gquicHello("www.example.org");
  ClientHello hello;
  for (size_t bytes = 0; bytes < message.size(); ++bytes) {
    CHECK(readGquicHello(std::span(message).first(bytes), hello) == Reading::NEEDS_MORE);
    CHECK((hello.serverName.empty() || hello.serverName == "www.example.org"));
  }
  CHECK(readGquicHello(message, hello) == Reading::COMPLETE);
  CHECK(hello.serverName == "www.example.org");
}

TEST_CASE("values that end before they begin are no hello") {
  HelloOctets message = gquicHello("www.example.org");
  message[12] = 0xff;  // where PAD ends
  ClientHello hello;
  CHECK(readGquicHello(message, hello) == Reading::NOT_THIS);
  CHECK(hello.serverName.empty());
}

TEST_CASE("Q050 carries it in an Initial packet") {
  const HelloOctets message = gquicHello("www.example.org");
  QuicInitialReader reader;
  CHECK(reader.add(filledDatagram(
            initialPacket({.version = 0x51303530}, cryptoFrame(message, 0, message.size(), 8)))) ==
        Reading::COMPLETE);
  CHECK(reader.hello().serverName == "www.example.org");
}

}  // namespace
}  // namespace weir
