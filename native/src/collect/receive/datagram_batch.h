// SPDX-License-Identifier: Apache-2.0
// Takes datagrams from a UDP socket many at a time: a system call for each would cost more than
// decoding them. One thread.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "collect/receive/datagram.h"

namespace weir::collect {

class DatagramBatch {
 public:
  static constexpr size_t MOST_DATAGRAMS = 64;

  DatagramBatch();

  /// How many datagrams came, without waiting; what the last call gave is gone. 0: nothing waits.
  size_t receive(int socket);

  /// Below what `receive` returned.
  [[nodiscard]] DatagramView operator[](size_t index) const;

 private:
  /// No UDP datagram is longer.
  static constexpr size_t MOST_OCTETS = 65'536;
  struct Control {
    alignas(cmsghdr) std::array<uint8_t, CMSG_SPACE(sizeof(timespec))> octets;
  };

  void prepare(size_t index);
  [[nodiscard]] int64_t receivedMilliseconds(size_t index) const;

  /// Reserved, not touched: a datagram makes only as many pages real as it needs.
  std::unique_ptr<uint8_t[]> octets_;
  std::array<iovec, MOST_DATAGRAMS> pieces_;
  std::array<mmsghdr, MOST_DATAGRAMS> headers_;
  std::array<sockaddr_storage, MOST_DATAGRAMS> peers_;
  std::array<Control, MOST_DATAGRAMS> controls_;
  size_t used_ = MOST_DATAGRAMS;  ///< headers that the kernel has written to
  int64_t nowMilliseconds_ = 0;
};

}  // namespace weir::collect
