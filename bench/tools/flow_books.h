// SPDX-License-Identifier: Apache-2.0
// Adds up what NetFlow v5, v9 and IPFIX datagrams say, by their templates.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bench {

enum class Detail : uint8_t { SUMS, DISTINCT_FLOWS };

/// A set of 64-bit fingerprints; two of a million flows fall together once in 37 million runs.
class FingerprintSet {
 public:
  void insert(uint64_t fingerprint);
  [[nodiscard]] uint64_t size() const { return size_; }

 private:
  void grow();
  std::vector<uint64_t> slots_ = std::vector<uint64_t>(1U << 16);
  uint64_t size_ = 0;
};

class FlowBooks {
 public:
  explicit FlowBooks(Detail detail) : detail_(detail) {}

  /// @param exporter  names the sender's socket: templates and sequences are its own
  void take(std::span<const uint8_t> datagram, uint32_t exporter);

  /// As JSON. @param kernelDrops  datagrams that found no room in the socket's buffer
  void print(uint64_t kernelDrops) const;

 private:
  struct Field {
    uint32_t enterprise = 0;
    uint16_t element = 0;
    uint16_t length = 0;
  };
  struct Template {
    std::vector<Field> fields;
    bool isOptions = false;
  };
  struct Record;
  using Stream = std::pair<uint32_t, uint32_t>;  ///< exporter, observation domain

  void takeVersion5(std::span<const uint8_t> datagram, uint32_t exporter);
  void takeSets(std::span<const uint8_t> datagram, Stream stream);
  void takeTemplates(std::span<const uint8_t> set, Stream stream, uint16_t setId);
  void takeData(std::span<const uint8_t> set, Stream stream, uint16_t templateId);
  size_t takeRecord(std::span<const uint8_t> octets, const Template& layout, uint16_t templateId);
  void addFlow(const Record& record);
  void checkSequence(Stream stream, uint32_t sequence, uint32_t next);

  Detail detail_;
  uint64_t datagrams_ = 0;
  uint64_t datagramOctets_ = 0;
  uint64_t records_ = 0;
  uint64_t optionRecords_ = 0;
  uint64_t packets_ = 0;
  uint64_t octets_ = 0;
  uint64_t malformed_ = 0;
  uint64_t withoutTemplate_ = 0;
  uint64_t sequenceGaps_ = 0;
  uint64_t version_ = 0;
  uint64_t dataRecordsOfDatagram_ = 0;
  std::map<uint16_t, uint64_t> recordsByTemplate_;
  std::map<std::pair<Stream, uint16_t>, Template> templates_;
  std::map<Stream, uint32_t> nextSequence_;
  FingerprintSet flows_;
  FingerprintSet uniflows_;
};

}  // namespace bench
