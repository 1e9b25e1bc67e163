// SPDX-License-Identifier: Apache-2.0
// Export messages written octet by octet, apart from any encoder of the product.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "collect/decode/decoder.h"

namespace weir::collect::test {

using Octets = std::vector<uint8_t>;

inline void put(Octets& to, uint64_t value, size_t width) {
  for (size_t i = width; i-- > 0;)
    to.push_back(i < 8 ? static_cast<uint8_t>(value >> (8 * i)) : uint8_t{0});
}

inline void patch16(Octets& at, size_t offset, size_t value) {
  at[offset] = static_cast<uint8_t>(value >> 8U);
  at[offset + 1] = static_cast<uint8_t>(value);
}

inline void append(Octets& to, const Octets& more) {
  to.insert(to.end(), more.begin(), more.end());
}

inline Octets text(std::string_view value) { return {value.begin(), value.end()}; }

/// Integers of given widths: bytes({{value, width}, …}).
inline Octets bytes(std::initializer_list<std::pair<uint64_t, size_t>> values) {
  Octets all;
  for (const auto& [value, width] : values) put(all, value, width);
  return all;
}

inline Octets set(uint16_t id, const Octets& content) {
  Octets all = bytes({{id, 2}, {content.size() + 4, 2}});
  append(all, content);
  return all;
}

inline Octets concat(std::initializer_list<Octets> parts) {
  Octets all;
  for (const Octets& part : parts) append(all, part);
  return all;
}

inline void putField(Octets& to, const FieldSpec& field) {
  const bool hasEnterprise = field.enterprise != IANA;
  put(to, field.element | (hasEnterprise ? 0x8000U : 0U), 2);
  put(to, field.length, 2);
  if (hasEnterprise) put(to, field.enterprise, 4);
}

inline Octets templateOf(uint16_t id, const std::vector<FieldSpec>& fields) {
  Octets all = bytes({{id, 2}, {fields.size(), 2}});
  for (const FieldSpec& field : fields) putField(all, field);
  return all;
}

inline Octets ipfixOptionsTemplate(uint16_t id, uint16_t scopes,
                                   const std::vector<FieldSpec>& fields) {
  Octets all = bytes({{id, 2}, {fields.size(), 2}, {scopes, 2}});
  for (const FieldSpec& field : fields) putField(all, field);
  return all;
}

inline Octets netflow9OptionsTemplate(uint16_t id, uint16_t scopes,
                                      const std::vector<FieldSpec>& fields) {
  Octets all = bytes({{id, 2}, {scopes * 4U, 2}, {(fields.size() - scopes) * 4, 2}});
  for (const FieldSpec& field : fields) putField(all, field);
  return all;
}

constexpr uint32_t EXPORT_SECONDS = 1'700'000'000;
constexpr int64_t EXPORT_MS = int64_t{EXPORT_SECONDS} * 1000;
constexpr uint32_t UPTIME = 10'000'000;

struct Header {
  uint32_t sequence = 0;
  uint32_t domain = 1;
  uint32_t seconds = EXPORT_SECONDS;
  uint32_t uptime = UPTIME;
};

inline Octets netflow9(const Header& header, const Octets& sets) {
  Octets all = bytes({{9, 2},
                      {1, 2},
                      {header.uptime, 4},
                      {header.seconds, 4},
                      {header.sequence, 4},
                      {header.domain, 4}});
  append(all, sets);
  return all;
}

inline Octets ipfix(const Header& header, const Octets& sets) {
  Octets all = bytes({{10, 2},
                      {16 + sets.size(), 2},
                      {header.seconds, 4},
                      {header.sequence, 4},
                      {header.domain, 4}});
  append(all, sets);
  return all;
}

inline Address mapped(uint32_t ipv4) {
  Address address{};
  address[10] = address[11] = 0xff;
  for (size_t i = 0; i < 4; ++i) address[12 + i] = static_cast<uint8_t>(ipv4 >> (24 - 8 * i));
  return address;
}

/// A decoder with what it gave so far.
struct Decoding {
  Decoding() : Decoding(DecoderOptions{}) {}
  explicit Decoding(const DecoderOptions& options) : decoder(options) {}

  /// Returns the first new row.
  size_t take(const Octets& octets, uint64_t session = 0) {
    const size_t from = columns.rows;
    DatagramView datagram{octets};
    datagram.exporterAddress = exporter;
    datagram.receivedMilliseconds = now;
    datagram.session = session;
    datagram.standsFor = standsFor;
    passedOver = decoder.decode(datagram, columns, segments);
    return from;
  }

  [[nodiscard]] uint64_t count(DecodeCount of) const { return decoder.counters().of(of); }
  [[nodiscard]] std::string_view name(NameId id) const { return columns.names.textOf(id); }

  Decoder decoder;
  FlowColumns columns{16};
  std::vector<Segment> segments;
  Address exporter = mapped(0xc0000201);
  int64_t now = EXPORT_MS + 250;
  uint32_t standsFor = 1;
  size_t passedOver = 0;  ///< rows of the last datagram that a rate limit kept out
};

}  // namespace weir::collect::test
