// SPDX-License-Identifier: Apache-2.0
// For unit tests and the seeds of the fuzzing harnesses only: the hello of Google's own QUIC.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "dissect/test_client_hello.h"

namespace weir::test {

inline HelloOctets littleEndian32(size_t value) {
  HelloOctets octets = bigEndian(4, value);
  return {octets.rbegin(), octets.rend()};
}

/// PAD, SNI, VER.
inline HelloOctets gquicHello(std::string_view serverName) {
  const size_t padding = 40;
  const size_t name = padding + serverName.size();
  return textOctets("CHLO") + littleEndian32(3) + textOctets({"PAD\0", 4}) +
         littleEndian32(padding) + textOctets({"SNI\0", 4}) + littleEndian32(name) +
         textOctets({"VER\0", 4}) + littleEndian32(name + 4) + HelloOctets(padding, '-') +
         textOctets(serverName) + textOctets("Q046");
}

/// Q046: header, hash, STREAM frame.
inline HelloOctets gquicDatagram(std::string_view serverName) {
  const HelloOctets message = gquicHello(serverName);
  return HelloOctets{0xc3} + textOctets("Q046") + HelloOctets{0x50} + HelloOctets(8, 7) +
         bigEndian(4, 1) + HelloOctets(12, 9) + HelloOctets{0xa0, 1} + sized(2, message);
}

/// Q043: public flags, connection ID, version, packet number, hash, STREAM frame.
inline HelloOctets oldGquicDatagram(std::string_view serverName) {
  const HelloOctets message = gquicHello(serverName);
  return HelloOctets{0x0d} + HelloOctets(8, 7) + textOctets("Q043") + HelloOctets{1} +
         HelloOctets(12, 9) + HelloOctets{0xa0, 1} + sized(2, message) + HelloOctets(20, 0);
}

}  // namespace weir::test
