// SPDX-License-Identifier: Apache-2.0
#include "capture/file_source.h"

#include <algorithm>

#include "capture/capture_error.h"

namespace weir {
namespace {

// So that a lane whose own frames are rare still comes back to run its timers.
constexpr size_t FRAMES_PER_RECEIVE = 4096;

}  // namespace

void FileSource::open() {
  file_.open();
  if (lane_.count > 1 && !file_.shareable())
    throw CaptureError(capture_code::NOT_SHAREABLE,
                       "a pipe can be read by one lane only; use one lane, or save it to a file");
}

size_t FileSource::receive(std::span<PacketView> batch) {
  size_t kept = 0;
  for (size_t seen = 0; !finished_ && kept < batch.size() && seen < FRAMES_PER_RECEIVE;) {
    const auto fresh = batch.subspan(kept);
    // The frames that are kept lie in the file's window: it must not move on under them.
    const size_t count = file_.read(fresh, kept > 0 ? ReadExtent::HELD : ReadExtent::FURTHER);
    if (count == 0) {
      finished_ = file_.ended();
      break;
    }
    seen += count;
    if (lane_.count <= 1) return count;
    const auto end = fresh.begin() + static_cast<ptrdiff_t>(count);
    const auto foreign = [this](const PacketView& view) { return !belongsTo(lane_, view); };
    kept += static_cast<size_t>(std::remove_if(fresh.begin(), end, foreign) - fresh.begin());
  }
  return kept;
}

CaptureCounters FileSource::counters() {
  return lane_.index == 0 ? file_.counters() : CaptureCounters{};
}

}  // namespace weir
