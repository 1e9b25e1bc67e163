// SPDX-License-Identifier: Apache-2.0
// Where an encoder's octets go: a file, or memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace weir::collect {

class OctetSink {
 public:
  virtual ~OctetSink() = default;

  /// Takes the octets behind those before them; throws CodedError where it cannot.
  virtual void put(std::span<const uint8_t> octets) = 0;
};

class MemorySink : public OctetSink {
 public:
  void put(std::span<const uint8_t> octets) override {
    octets_.insert(octets_.end(), octets.begin(), octets.end());
  }

  [[nodiscard]] const std::vector<uint8_t>& octets() const noexcept { return octets_; }

 private:
  std::vector<uint8_t> octets_;
};

}  // namespace weir::collect
