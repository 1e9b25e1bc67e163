// SPDX-License-Identifier: Apache-2.0
// Steps that move one field of many records into a column. One loop over records for each field and
// width: the compiler sees constant widths and no calls, which is what makes decoding fast.
#pragma once

#include <string_view>
#include <type_traits>
#include <utility>

#include "collect/columns/valid_utf8.h"
#include "collect/decode/octet_order.h"
#include "collect/decode/record_run.h"

namespace weir::collect {

/// Gives the step for a field's length, or nullptr when that length cannot be read.
using StepFactory = StepFunction (*)(uint16_t length);

template <auto COLUMN>
auto* columnStart(const RecordRun& run) {
  if constexpr (std::is_invocable_v<decltype(COLUMN), FlowColumns&>) {
    return (run.columns.*COLUMN).data() + run.row;
  } else {
    return (run.scratch.*COLUMN).data() + run.entry;
  }
}

template <auto COLUMN>
using ColumnValue =
    std::remove_pointer_t<decltype(columnStart<COLUMN>(std::declval<RecordRun&>()))>;

template <auto COLUMN, size_t WIDTH>
void readUnsigned(const RecordRun& run, const uint8_t* field, size_t /*length*/) {
  auto* const to = columnStart<COLUMN>(run);
  const size_t stride = run.stride;
  for (size_t i = 0; i < run.count; ++i, field += stride)
    to[i] = static_cast<ColumnValue<COLUMN>>(loadBe<WIDTH>(field));
}

template <auto COLUMN>
void readAnyUnsigned(const RecordRun& run, const uint8_t* field, size_t length) {
  auto* const to = columnStart<COLUMN>(run);
  for (size_t i = 0; i < run.count; ++i, field += run.stride)
    to[i] = static_cast<ColumnValue<COLUMN>>(loadAny(field, length));
}

/// Numbers of any width up to 8, reduced-size encoding (RFC 7011 6.2) and variable lengths
/// included.
template <auto COLUMN>
StepFunction unsignedStep(uint16_t length) {
  switch (length) {
    case 0:
      return nullptr;
    case 1:
      return &readUnsigned<COLUMN, 1>;
    case 2:
      return &readUnsigned<COLUMN, 2>;
    case 4:
      return &readUnsigned<COLUMN, 4>;
    case 8:
      return &readUnsigned<COLUMN, 8>;
    default:
      return &readAnyUnsigned<COLUMN>;
  }
}

/// A number of one octet times FACTOR, added to what is there: ICMP's type and code as two fields,
/// and DSCP, which is the upper part of the class of service.
template <auto COLUMN, unsigned FACTOR>
void addOctet(const RecordRun& run, const uint8_t* field, size_t /*length*/) {
  auto* const to = columnStart<COLUMN>(run);
  for (size_t i = 0; i < run.count; ++i, field += run.stride)
    to[i] = static_cast<ColumnValue<COLUMN>>(to[i] + *field * FACTOR);
}

template <auto COLUMN, unsigned FACTOR>
StepFunction addingStep(uint16_t length) {
  return length == 1 ? &addOctet<COLUMN, FACTOR> : nullptr;
}

inline constexpr std::array<uint8_t, 12> MAPPED_PREFIX{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

inline void storeMapped(Address& to, const uint8_t* ipv4) {
  std::memcpy(to.data(), MAPPED_PREFIX.data(), MAPPED_PREFIX.size());
  std::memcpy(to.data() + MAPPED_PREFIX.size(), ipv4, 4);
}

template <auto COLUMN>
void readIpv4(const RecordRun& run, const uint8_t* field, size_t /*length*/) {
  auto* const to = columnStart<COLUMN>(run);
  const size_t stride = run.stride;
  for (size_t i = 0; i < run.count; ++i, field += stride) storeMapped(to[i], field);
}

/// For templates that have an IPv6 field as well: 0.0.0.0 leaves what that one said.
template <auto COLUMN>
void readIpv4WhenSet(const RecordRun& run, const uint8_t* field, size_t /*length*/) {
  auto* const to = columnStart<COLUMN>(run);
  for (size_t i = 0; i < run.count; ++i, field += run.stride)
    if (load32(field) != 0) storeMapped(to[i], field);
}

template <auto COLUMN>
void readIpv6(const RecordRun& run, const uint8_t* field, size_t /*length*/) {
  auto* const to = columnStart<COLUMN>(run);
  const size_t stride = run.stride;
  for (size_t i = 0; i < run.count; ++i, field += stride)
    std::memcpy(to[i].data(), field, sizeof(Address));
}

template <auto COLUMN>
StepFunction ipv4Step(uint16_t length) {
  return length == 4 ? &readIpv4<COLUMN> : nullptr;
}

template <auto COLUMN>
StepFunction ipv6Step(uint16_t length) {
  return length == sizeof(Address) ? &readIpv6<COLUMN> : nullptr;
}

/// sysUptime when a packet was switched, as time since the epoch. The signed difference survives
/// the wrap after 49.7 days.
template <auto COLUMN>
void readUptime(const RecordRun& run, const uint8_t* field, size_t /*length*/) {
  auto* const to = columnStart<COLUMN>(run);
  const uint32_t sysUptime = run.time.sysUptime;
  const int64_t now = run.time.exportMilliseconds;
  for (size_t i = 0; i < run.count; ++i, field += run.stride)
    to[i] = now - static_cast<int32_t>(sysUptime - load32(field));
}

template <auto COLUMN>
StepFunction uptimeStep(uint16_t length) {
  return length == 4 ? &readUptime<COLUMN> : nullptr;
}

template <auto COLUMN>
void readSeconds(const RecordRun& run, const uint8_t* field, size_t /*length*/) {
  auto* const to = columnStart<COLUMN>(run);
  for (size_t i = 0; i < run.count; ++i, field += run.stride) to[i] = int64_t{load32(field)} * 1000;
}

template <auto COLUMN>
StepFunction secondsStep(uint16_t length) {
  return length == 4 ? &readSeconds<COLUMN> : nullptr;
}

/// NTP timestamps (RFC 7011 6.1.9 and 6.1.10): seconds since 1900, and a fraction of 2^32.
template <auto COLUMN>
void readNtp(const RecordRun& run, const uint8_t* field, size_t /*length*/) {
  constexpr int64_t NTP_EPOCH_SECONDS = 2'208'988'800;
  auto* const to = columnStart<COLUMN>(run);
  for (size_t i = 0; i < run.count; ++i, field += run.stride) {
    const int64_t seconds = int64_t{load32(field)} - NTP_EPOCH_SECONDS;
    to[i] = seconds * 1000 + static_cast<int64_t>((uint64_t{load32(field + 4)} * 1000) >> 32U);
  }
}

template <auto COLUMN>
StepFunction ntpStep(uint16_t length) {
  return length == 8 ? &readNtp<COLUMN> : nullptr;
}

/// Microseconds before the export (elements 158 and 159).
template <auto COLUMN>
void readDelta(const RecordRun& run, const uint8_t* field, size_t length) {
  auto* const to = columnStart<COLUMN>(run);
  for (size_t i = 0; i < run.count; ++i, field += run.stride)
    to[i] = run.time.exportMilliseconds - static_cast<int64_t>(loadAny(field, length) / 1000);
}

template <auto COLUMN>
StepFunction deltaStep(uint16_t length) {
  return length == 4 ? &readDelta<COLUMN> : nullptr;
}

/// Milliseconds into a column of microseconds.
template <auto COLUMN>
void readThousands(const RecordRun& run, const uint8_t* field, size_t length) {
  auto* const to = columnStart<COLUMN>(run);
  for (size_t i = 0; i < run.count; ++i, field += run.stride)
    to[i] = (loadAny(field, length) & 0xffff'ffffU) * 1000;
}

template <auto COLUMN>
StepFunction thousandsStep(uint16_t length) {
  return length >= 1 && length <= 8 ? &readThousands<COLUMN> : nullptr;
}

/// RFC 6759 4.1: one octet classification engine, then the selector, of which the last 7 octets
/// count (engine 20 puts an enterprise number before it).
inline uint64_t loadApplicationId(const uint8_t* field, size_t length) {
  const size_t selector = std::min<size_t>(length - 1, 7);
  return uint64_t{field[0]} << 56U | loadAny(field + length - selector, selector);
}

inline void readApplicationId(const RecordRun& run, const uint8_t* field, size_t length) {
  uint64_t* const to = columnStart<&RecordScratch::applicationId>(run);
  for (size_t i = 0; i < run.count; ++i, field += run.stride)
    to[i] = length < 2 ? 0 : loadApplicationId(field, length);
}

inline StepFunction applicationIdStep(uint16_t length) {
  return length >= 2 ? &readApplicationId : nullptr;
}

/// Text without the zero octets and spaces that fill a fixed length; of longer ones the beginning.
std::string_view trimmedText(const uint8_t* field, size_t length);

template <auto COLUMN>
void readText(const RecordRun& run, const uint8_t* field, size_t length) {
  auto* const to = columnStart<COLUMN>(run);
  ChunkNames& names = run.columns.names;
  for (size_t i = 0; i < run.count; ++i, field += run.stride) {
    const std::string_view text = trimmedText(field, length);
    to[i] = isPrintableAscii(text) ? names.idOf(text) : names.idOf(toOneLine(text));
  }
}

template <auto COLUMN>
StepFunction textStep(uint16_t /*length*/) {
  return &readText<COLUMN>;
}

}  // namespace weir::collect
