// SPDX-License-Identifier: Apache-2.0
#include "dissect/ja4.h"

#include <nettle/sha2.h>

#include <algorithm>
#include <array>

#include "capture/byte_order.h"

namespace weir {
namespace {

constexpr uint16_t SERVER_NAME = 0;
constexpr uint16_t ALPN = 16;
constexpr char HEX[] = "0123456789abcdef";

/// Those that are no GREASE.
std::vector<uint16_t> codesOf(std::span<const uint8_t> octets) {
  std::vector<uint16_t> codes;
  codes.reserve(octets.size() / 2);
  for (size_t at = 0; at + 2 <= octets.size(); at += 2) {
    const uint16_t code = load16Be(octets.data() + at);
    if (!isGrease(code)) codes.push_back(code);
  }
  return codes;
}

void appendList(std::string& text, const std::vector<uint16_t>& codes) {
  for (const uint16_t code : codes) {
    for (int shift = 12; shift >= 0; shift -= 4) text += HEX[code >> shift & 0xf];
    text += ',';
  }
  if (!codes.empty()) text.pop_back();
}

/// The first 12 hexadecimal digits of SHA-256.
std::string digest(const std::string& text) {
  constexpr size_t DIGITS = 12;
  if (text.empty()) return std::string(DIGITS, '0');
  sha256_ctx context;
  std::array<uint8_t, DIGITS / 2> start;
  sha256_init(&context);
  sha256_update(&context, text.size(), reinterpret_cast<const uint8_t*>(text.data()));
  sha256_digest(&context, start.size(), start.data());
  std::string digits;
  for (const uint8_t octet : start) {
    digits += HEX[octet >> 4U];
    digits += HEX[octet & 0xfU];
  }
  return digits;
}

const char* versionCode(uint16_t version) {
  switch (version) {
    case 0x0304:
      return "13";
    case 0x0303:
      return "12";
    case 0x0302:
      return "11";
    case 0x0301:
      return "10";
    case 0x0300:
      return "s3";
    case 0x0002:
      return "s2";
    case 0xfeff:
      return "d1";
    case 0xfefd:
      return "d2";
    case 0xfefc:
      return "d3";
    default:
      return "00";
  }
}

std::string count(size_t number) {
  const size_t shown = std::min<size_t>(number, 99);
  return {static_cast<char>('0' + shown / 10), static_cast<char>('0' + shown % 10)};
}

/// std::isalnum depends on the locale.
bool isAlphanumeric(uint8_t octet) {
  const uint8_t lower = octet | 0x20U;
  return (octet >= '0' && octet <= '9') || (lower >= 'a' && lower <= 'z');
}

/// First and last character of the name, or of its hexadecimal digits when one is not alphanumeric.
std::string alpnCode(std::span<const uint8_t> name) {
  if (name.empty()) return "00";
  const uint8_t first = name.front();
  const uint8_t last = name.back();
  if (isAlphanumeric(first) && isAlphanumeric(last))
    return {static_cast<char>(first), static_cast<char>(last)};
  return {HEX[first >> 4U], HEX[last & 0xfU]};
}

std::string cipherDigest(std::vector<uint16_t> codes) {
  std::sort(codes.begin(), codes.end());
  std::string text;
  text.reserve(codes.size() * 5);
  appendList(text, codes);
  return digest(text);
}

/// Extensions sorted, but for those that the readable part tells of; signature algorithms as they
/// come.
std::string extensionDigest(std::vector<uint16_t> extensions,
                            const std::vector<uint16_t>& signatureAlgorithms) {
  std::erase_if(extensions, [](uint16_t type) { return type == SERVER_NAME || type == ALPN; });
  std::sort(extensions.begin(), extensions.end());
  std::string text;
  text.reserve((extensions.size() + signatureAlgorithms.size() + 1) * 5);
  appendList(text, extensions);
  if (!signatureAlgorithms.empty()) text += '_';
  appendList(text, signatureAlgorithms);
  return digest(text);
}

}  // namespace

std::string ja4(const Ja4Parts& parts) {
  const auto cipherSuites = codesOf(parts.cipherSuites);
  std::vector<uint16_t> extensions = parts.extensions;
  std::erase_if(extensions, isGrease);
  const bool hasServerName =
      std::find(extensions.begin(), extensions.end(), SERVER_NAME) != extensions.end();
  std::string text(1, parts.carrier);
  text += versionCode(parts.version);
  text += hasServerName ? 'd' : 'i';
  text += count(cipherSuites.size()) + count(extensions.size()) + alpnCode(parts.firstAlpn);
  text += '_' + cipherDigest(cipherSuites) + '_';
  return text + extensionDigest(std::move(extensions), codesOf(parts.signatureAlgorithms));
}

}  // namespace weir
