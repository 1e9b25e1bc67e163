// SPDX-License-Identifier: Apache-2.0
#include "dissect/dns_message.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "capture/byte_order.h"
#include "dissect/host_name.h"

namespace weir {
namespace {

constexpr size_t HEADER_BYTES = 12;
constexpr size_t QUESTION_TAIL_BYTES = 4;
constexpr size_t RECORD_TAIL_BYTES = 10;
constexpr size_t NAME_BYTES_MAX = 255;
constexpr int POINTERS_MAX = 16;
constexpr int CHAIN_MAX = 16;
constexpr size_t QUESTIONS_MAX = 64;
constexpr size_t RECORDS_MAX = 64;

constexpr uint16_t TYPE_A = 1;
constexpr uint16_t TYPE_CNAME = 5;
constexpr uint16_t TYPE_AAAA = 28;
constexpr uint16_t CLASS_INTERNET = 1;
constexpr uint16_t CLASS_MASK =
    0x7fff;  // above it multicast DNS has a bit of its own (RFC 6762 10.2)

uint8_t lowered(uint8_t octet) {
  return octet >= 'A' && octet <= 'Z' ? static_cast<uint8_t>(octet - 'A' + 'a') : octet;
}

/// A name without pointers, in lower case: labels, each behind its length, without the root's.
struct WireName {
  std::array<uint8_t, NAME_BYTES_MAX> octets;
  size_t length = 0;

  bool operator==(const WireName& other) const {
    return length == other.length && std::memcmp(octets.data(), other.octets.data(), length) == 0;
  }

  [[nodiscard]] std::string hostName() const {
    std::string text;
    text.reserve(length);
    for (size_t at = 0; at < length; at += octets[at] + 1U) {
      const auto* const label = reinterpret_cast<const char*>(&octets[at + 1]);
      if (std::memchr(label, '.', octets[at]) != nullptr) return {};
      text.append(label, octets[at]).push_back('.');
    }
    return hostNameOf(text);
  }
};

struct Record {
  WireName owner;
  uint16_t type;
  uint32_t ttlSeconds;
  size_t dataAt;
  uint16_t dataBytes;
};

class MessageReader {
 public:
  explicit MessageReader(std::span<const uint8_t> message) : message_(message) {}

  Reading readHeader(DnsMessage& out);
  Reading readQuestions(DnsMessage& out);
  Reading readAnswers();
  void resolve(DnsMessage& out) const;

 private:
  Reading readName(size_t& at, WireName& name) const;
  Reading readRecord(Record& record);
  bool followAliases(WireName& name) const;
  void collect(const WireName& name, DnsMessage& out) const;

  [[nodiscard]] bool holds(size_t at, size_t bytes) const {
    return at <= message_.size() && bytes <= message_.size() - at;
  }

  std::span<const uint8_t> message_;
  size_t at_ = HEADER_BYTES;
  size_t questions_ = 0;
  size_t answers_ = 0;
  WireName queried_;
  std::array<Record, RECORDS_MAX> records_;
  size_t recordCount_ = 0;
};

/// The operations that are in use (RFC 6895 2.2), and no more questions than a real message has.
bool isPlausible(uint8_t flags, size_t questions) {
  const uint8_t operation = flags >> 3U & 0x0fU;
  return operation <= 6 && operation != 3 && questions <= QUESTIONS_MAX;
}

Reading MessageReader::readHeader(DnsMessage& out) {
  if (!holds(0, HEADER_BYTES)) return Reading::NEEDS_MORE;
  const uint8_t flags = message_[2];
  questions_ = load16Be(&message_[4]);
  answers_ = load16Be(&message_[6]);
  if (!isPlausible(flags, questions_)) return Reading::NOT_THIS;
  out.isResponse = (flags & 0x80U) != 0;
  return Reading::COMPLETE;
}

Reading MessageReader::readQuestions(DnsMessage& out) {
  for (size_t question = 0; question < questions_; ++question) {
    WireName name;
    if (const Reading reading = readName(at_, name); reading != Reading::COMPLETE) return reading;
    if (question == 0) {
      queried_ = name;
      out.queryName = name.hostName();
    }
    if (!holds(at_, QUESTION_TAIL_BYTES)) return Reading::NEEDS_MORE;
    if (question == 0) out.queryType = load16Be(&message_[at_]);
    at_ += QUESTION_TAIL_BYTES;
  }
  return Reading::COMPLETE;
}

Reading MessageReader::readAnswers() {
  const size_t count = std::min(answers_, RECORDS_MAX);
  while (recordCount_ < count) {
    const Reading reading = readRecord(records_[recordCount_]);
    if (reading != Reading::COMPLETE) return reading;
    ++recordCount_;
  }
  return Reading::COMPLETE;
}

/// What is not of the Internet's class becomes a record of type 0, which means nothing.
Reading MessageReader::readRecord(Record& record) {
  const Reading reading = readName(at_, record.owner);
  if (reading != Reading::COMPLETE) return reading;
  if (!holds(at_, RECORD_TAIL_BYTES)) return Reading::NEEDS_MORE;
  const uint8_t* const tail = &message_[at_];
  const bool isInternet = (load16Be(tail + 2) & CLASS_MASK) == CLASS_INTERNET;
  record.type = isInternet ? load16Be(tail) : 0;
  record.ttlSeconds = load32Be(tail + 4);
  record.dataBytes = load16Be(tail + 8);
  record.dataAt = at_ + RECORD_TAIL_BYTES;
  if (!holds(record.dataAt, record.dataBytes)) return Reading::NEEDS_MORE;
  at_ = record.dataAt + record.dataBytes;
  return Reading::COMPLETE;
}

/// Moves `at` behind the name as it is written there. A pointer leads to an earlier place than the
/// one it was met at the end of (RFC 1035 4.1.4: a prior occurrence), so there is no loop.
Reading MessageReader::readName(size_t& at, WireName& name) const {
  name.length = 0;
  size_t from = at;
  size_t earliest = at;
  int pointers = 0;
  while (true) {
    if (!holds(from, 1)) return Reading::NEEDS_MORE;
    const uint8_t length = message_[from];
    if (length == 0) break;
    if (length >= 0xc0) {
      if (!holds(from, 2)) return Reading::NEEDS_MORE;
      const size_t target = load16Be(&message_[from]) & 0x3fffU;
      if (pointers == 0) at = from + 2;
      if (target >= earliest || target < HEADER_BYTES || ++pointers > POINTERS_MAX)
        return Reading::NOT_THIS;
      from = earliest = target;
      continue;
    }
    if (length >= 0x40 || name.length + length + 2U > NAME_BYTES_MAX) return Reading::NOT_THIS;
    if (!holds(from, length + 1U)) return Reading::NEEDS_MORE;
    name.octets[name.length] = length;
    std::transform(&message_[from + 1], &message_[from + 1] + length, &name.octets[name.length + 1],
                   lowered);
    name.length += length + 1U;
    from += length + 1U;
  }
  if (pointers == 0) at = from + 1;
  return Reading::COMPLETE;
}

/// Aliases may stand in any order. False when the data of one is no name.
bool MessageReader::followAliases(WireName& name) const {
  const auto records = std::span(records_).first(recordCount_);
  for (int alias = 0; alias < CHAIN_MAX; ++alias) {
    const auto found = std::find_if(records.begin(), records.end(), [&](const Record& record) {
      return record.type == TYPE_CNAME && record.owner == name;
    });
    if (found == records.end()) return true;
    size_t at = found->dataAt;
    if (readName(at, name) != Reading::COMPLETE) return false;
  }
  return true;
}

void MessageReader::collect(const WireName& name, DnsMessage& out) const {
  for (const Record& record : std::span(records_).first(recordCount_)) {
    const bool isAddress = (record.type == TYPE_A && record.dataBytes == 4) ||
                           (record.type == TYPE_AAAA && record.dataBytes == 16);
    if (!isAddress || !(record.owner == name)) continue;
    if (out.answers.size() == DnsMessage::ANSWERS_MAX) return;
    IpAddress address{};
    address[10] = address[11] = 0xff;
    std::memcpy(address.data() + address.size() - record.dataBytes, &message_[record.dataAt],
                record.dataBytes);
    out.answers.push_back({address, record.ttlSeconds});
  }
}

void MessageReader::resolve(DnsMessage& out) const {
  if (!out.isResponse || questions_ == 0 || recordCount_ == 0) return;
  WireName name = queried_;
  if (followAliases(name)) collect(name, out);
}

}  // namespace

Reading readDnsMessage(std::span<const uint8_t> message, DnsMessage& out) {
  out = {};
  MessageReader reader(message);
  if (const Reading header = reader.readHeader(out); header != Reading::COMPLETE) return header;
  if (const Reading questions = reader.readQuestions(out); questions != Reading::COMPLETE)
    return questions;
  const Reading answers = reader.readAnswers();
  if (answers != Reading::NOT_THIS) reader.resolve(out);
  return answers;
}

}  // namespace weir
