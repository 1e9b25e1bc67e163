// SPDX-License-Identifier: Apache-2.0
// Writes a capture file (pcap, microseconds, Ethernet) as fast as memory takes it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

namespace bench {

/// When the traces begin, so that the same trace can be made again: 14 November 2023.
constexpr uint64_t TRACE_START_US = 1700000000ULL * 1000000;

class TraceWriter {
 public:
  /// Throws std::runtime_error, as the other functions do, when the file cannot be written.
  explicit TraceWriter(const std::string& path);

  void write(uint64_t timeUs, std::span<const uint8_t> frame);
  void close();

  [[nodiscard]] uint64_t packets() const { return packets_; }
  [[nodiscard]] uint64_t octets() const { return octets_; }

 private:
  void put(const void* data, size_t length);

  struct Closer {
    void operator()(FILE* file) const { std::fclose(file); }
  };
  std::string path_;
  std::unique_ptr<FILE, Closer> file_;
  uint64_t packets_ = 0;
  uint64_t octets_ = 0;
};

}  // namespace bench
