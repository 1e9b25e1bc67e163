// SPDX-License-Identifier: Apache-2.0
#include "registered_memory.h"

namespace weir::ncore {

namespace {

constexpr uint64_t PAGE_BYTES = 4096;

}  // namespace

// The last piece that has bytes before `end`, if it has some behind `begin`.
std::map<RegisteredMemory::Address, RegisteredMemory::Piece>::iterator RegisteredMemory::find(
    Address begin, Address end) {
  auto at = pieces_.lower_bound(end);
  if (at == pieces_.begin()) return pieces_.end();
  --at;
  return at->second.end > begin ? at : pieces_.end();
}

NcoreStatus RegisteredMemory::add(Address base, uint64_t sizeBytes) {
  const Address end = base + sizeBytes;
  if (base % PAGE_BYTES != 0 || sizeBytes % PAGE_BYTES != 0 || end < base) {
    return NCORE_BAD_ARGUMENT;
  }
  const std::lock_guard lock(mutex_);
  if (find(base, end) != pieces_.end()) return NCORE_BAD_ARGUMENT;
  pieces_[base] = {end, 0};
  return NCORE_OK;
}

NcoreStatus RegisteredMemory::remove(Address base) {
  const std::lock_guard lock(mutex_);
  const auto piece = pieces_.find(base);
  if (piece == pieces_.end()) return NCORE_BAD_ARGUMENT;
  if (piece->second.jobs > 0) return NCORE_BUSY;
  pieces_.erase(piece);
  return NCORE_OK;
}

RegisteredMemory::Address RegisteredMemory::hold(std::span<const uint8_t> bytes) {
  const auto begin = reinterpret_cast<Address>(bytes.data());
  const std::lock_guard lock(mutex_);
  const auto piece = find(begin, begin + bytes.size());
  if (piece == pieces_.end()) return 0;
  ++piece->second.jobs;
  return piece->first;
}

void RegisteredMemory::release(Address base) {
  if (base == 0) return;
  const std::lock_guard lock(mutex_);
  --pieces_.at(base).jobs;
}

}  // namespace weir::ncore
