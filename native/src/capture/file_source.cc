// SPDX-License-Identifier: Apache-2.0
#include "capture/file_source.h"

namespace weir {

size_t FileSource::receive(std::span<PacketView> batch) {
  if (finished_) return 0;
  const size_t count = file_.read(batch);
  if (count == 0) finished_ = file_.ended();
  return count;
}

}  // namespace weir
