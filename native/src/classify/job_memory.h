// SPDX-License-Identifier: Apache-2.0
// The octets of one lane's jobs while they wait and are in a device. One piece of memory, so that a
// device may be told of it once and reads jobs from there without a copy. It is given out in the
// order of jobs, which is the order in which they end, so it is a ring, and begins anew where it is
// empty: a device that is done at once is always given the same few octets. What it has no room
// for lies elsewhere, and such a device has to copy it. Used by the lane's thread only.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

namespace weir {

class JobMemory {
 public:
  /// Whole pages. Throws std::bad_alloc.
  explicit JobMemory(size_t sizeBytes);

  /// To be told to a device.
  [[nodiscard]] std::span<uint8_t> whole() const { return {ring_.get(), sizeBytes_}; }

  /// Octets of one job, to be given back.
  class Octets {
   public:
    [[nodiscard]] const uint8_t* data() const { return bytes_; }
    [[nodiscard]] uint32_t size() const { return size_; }

   private:
    friend class JobMemory;
    uint8_t* bytes_ = nullptr;
    uint32_t size_ = 0;
    uint32_t capacity_ = 0;
    uint64_t piece_ = 0;  ///< number of its piece of the ring, plus one; 0: it lies elsewhere
  };

  /// Copies them behind those of the job.
  void append(Octets& octets, std::span<const uint8_t> added) {
    if (added.empty()) return;
    const auto size = octets.size_ + static_cast<uint32_t>(added.size());
    if (size > octets.capacity_) makeRoom(octets, size);
    std::memcpy(octets.bytes_ + octets.size_, added.data(), added.size());
    octets.size_ = size;
  }
  void giveBack(Octets& octets) {
    if (octets.bytes_ != nullptr) release(octets);
    octets = {};
  }

 private:
  struct Piece {
    uint32_t begin = 0;
    uint32_t end = 0;
    bool isFree = false;
  };
  struct Release {
    void operator()(uint8_t* bytes) const { std::free(bytes); }
  };

  void makeRoom(Octets& octets, uint32_t size);
  [[nodiscard]] bool growLast(Octets& octets, uint32_t capacity);
  void take(Octets& octets, uint32_t capacity);
  [[nodiscard]] uint32_t roomAt(uint32_t capacity) const;
  void release(const Octets& octets);
  void forgetFree();

  const size_t sizeBytes_;
  const std::unique_ptr<uint8_t, Release> ring_;
  std::vector<Piece> pieces_;  ///< in the order of the ring
  size_t first_ = 0;           ///< of pieces_ that is in use, as the last one is, if there are any
  uint64_t forgotten_ = 0;     ///< pieces before pieces_.front()
};

}  // namespace weir
