// SPDX-License-Identifier: Apache-2.0
// The memory that a device was told of, as a card's driver has to know it: which pieces there are,
// and how many jobs in flight have bytes in each. Any thread; the lock is held for a look-up.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <span>

#include "ncore.h"

namespace weir::ncore {

class RegisteredMemory {
 public:
  using Address = uintptr_t;

  NcoreStatus add(Address base, uint64_t sizeBytes);
  NcoreStatus remove(Address base);

  // A job in flight has these bytes. Gives where the piece begins in which some of them are, for
  // release(); 0: in none.
  Address hold(std::span<const uint8_t> bytes);
  void release(Address base);

 private:
  struct Piece {
    Address end;
    uint32_t jobs;
  };
  std::map<Address, Piece>::iterator find(Address begin, Address end);

  std::mutex mutex_;
  std::map<Address, Piece> pieces_;  // by where they begin
};

}  // namespace weir::ncore
