// SPDX-License-Identifier: Apache-2.0
// For unit tests and the seeds of the fuzzing harnesses only: ClientHellos written by their fields,
// and the records that carry them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::test {

using HelloOctets = std::vector<uint8_t>;

inline HelloOctets bigEndian(size_t bytes, size_t value) {
  HelloOctets octets(bytes);
  for (size_t i = 0; i < bytes; ++i)
    octets[bytes - 1 - i] = static_cast<uint8_t>(i < sizeof value ? value >> (8 * i) : 0);
  return octets;
}

inline HelloOctets operator+(HelloOctets left, const HelloOctets& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

inline HelloOctets textOctets(std::string_view text) { return {text.begin(), text.end()}; }

/// Its length in `lengthFieldBytes` before it.
inline HelloOctets sized(size_t lengthFieldBytes, const HelloOctets& content) {
  return bigEndian(lengthFieldBytes, content.size()) + content;
}

inline HelloOctets codes(const std::vector<uint16_t>& values) {
  HelloOctets octets;
  for (const uint16_t value : values) octets = octets + bigEndian(2, value);
  return octets;
}

inline HelloOctets helloExtension(uint16_t type, const HelloOctets& content = {}) {
  return bigEndian(2, type) + sized(2, content);
}

inline HelloOctets serverNameExtension(std::string_view name) {
  return helloExtension(0, sized(2, bigEndian(1, 0) + sized(2, textOctets(name))));
}

inline HelloOctets alpnExtension(const std::vector<std::string>& protocols) {
  HelloOctets list;
  for (const std::string& protocol : protocols) list = list + sized(1, textOctets(protocol));
  return helloExtension(16, sized(2, list));
}

inline HelloOctets versionsExtension(const std::vector<uint16_t>& versions) {
  return helloExtension(43, sized(1, codes(versions)));
}

inline HelloOctets signatureAlgorithmsExtension(const std::vector<uint16_t>& algorithms) {
  return helloExtension(13, sized(2, codes(algorithms)));
}

struct HelloFields {
  uint16_t legacyVersion = 0x0303;
  std::vector<uint16_t> cipherSuites = {0x1301, 0x1302};
  std::vector<HelloOctets> extensions;
  HelloOctets cookie;  ///< of DTLS
};

inline HelloOctets helloBody(const HelloFields& fields, bool isDtls = false) {
  HelloOctets octets = bigEndian(2, fields.legacyVersion);
  for (uint8_t i = 0; i < 32; ++i) octets.push_back(i);
  octets = octets + sized(1, HelloOctets(32, 0xee));
  if (isDtls) octets = octets + sized(1, fields.cookie);
  octets = octets + sized(2, codes(fields.cipherSuites)) + HelloOctets{1, 0};
  HelloOctets all;
  for (const HelloOctets& one : fields.extensions) all = all + one;
  return fields.extensions.empty() ? octets : octets + sized(2, all);
}

inline HelloOctets helloMessage(const HelloFields& fields) {
  return bigEndian(1, 1) + sized(3, helloBody(fields));
}

/// Records of at most `recordBytes` each.
inline HelloOctets tlsRecords(const HelloOctets& message, size_t recordBytes = 16384) {
  HelloOctets stream;
  for (size_t at = 0; at < message.size(); at += recordBytes) {
    const size_t end = std::min(message.size(), at + recordBytes);
    const HelloOctets content(message.begin() + static_cast<ptrdiff_t>(at),
                              message.begin() + static_cast<ptrdiff_t>(end));
    stream = stream + HelloOctets{22, 3, 1} + sized(2, content);
  }
  return stream;
}

/// Which octets of a DTLS message a fragment has, and of which message of the handshake.
struct DtlsFragment {
  size_t offset = 0;
  size_t bytes = SIZE_MAX;
  uint16_t messageSequence = 0;
};

inline HelloOctets dtlsFragment(const HelloFields& fields, const DtlsFragment& part) {
  const HelloOctets body = helloBody(fields, true);
  const size_t end = part.offset + std::min(part.bytes, body.size() - part.offset);
  const HelloOctets fragment(body.begin() + static_cast<ptrdiff_t>(part.offset),
                             body.begin() + static_cast<ptrdiff_t>(end));
  return bigEndian(1, 1) + bigEndian(3, body.size()) + bigEndian(2, part.messageSequence) +
         bigEndian(3, part.offset) + sized(3, fragment);
}

inline HelloOctets dtlsRecordOf(const HelloOctets& fragments) {
  return HelloOctets{22, 0xfe, 0xfd} + bigEndian(8, 0) + sized(2, fragments);
}

inline HelloOctets dtlsRecord(const HelloFields& fields, const DtlsFragment& part = {}) {
  return dtlsRecordOf(dtlsFragment(fields, part));
}

/// What a browser sends, with GREASE; the one that JA4's specification takes for its example.
inline HelloFields browserHello(std::string_view serverName = "www.example.org") {
  return {
      .cipherSuites = {0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9,
                       0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035},
      .extensions = {helloExtension(0x1a1a), helloExtension(0x001b, {2, 0, 2}),
                     serverNameExtension(serverName), helloExtension(0x0033, HelloOctets(43, 7)),
                     alpnExtension({"h2", "http/1.1"}), helloExtension(0x4469, HelloOctets(5, 1)),
                     helloExtension(0x0017), helloExtension(0x002d, {1, 1}),
                     signatureAlgorithmsExtension(
                         {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}),
                     helloExtension(0x0005, {1, 0, 0, 0, 0}), helloExtension(0x0023),
                     helloExtension(0x0012), versionsExtension({0x3a3a, 0x0304, 0x0303}),
                     helloExtension(0xff01, {0}), helloExtension(0x000b, {1, 0}),
                     helloExtension(0x000a, {0, 4, 0, 29, 0, 23}),
                     helloExtension(0x0015, HelloOctets(190, 0)), helloExtension(0x2a2a, {0})}};
}

}  // namespace weir::test
