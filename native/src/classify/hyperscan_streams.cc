// SPDX-License-Identifier: Apache-2.0
#include "classify/hyperscan_streams.h"

#include <new>
#include <utility>

namespace weir {

HyperscanStreams::~HyperscanStreams() {
  for (const Stream& stream : streams_) close(stream.state);
  for (const auto& pool : pools_) {
    for (hs_stream_t* state : pool) close(state);
  }
}

void HyperscanStreams::open(uint32_t slot, DatabasePart part) {
  giveBack(slot);
  const hs_database_t* database = databases_[static_cast<size_t>(part)].get();
  if (database == nullptr) return;
  std::vector<hs_stream_t*>& pool = pools_[static_cast<size_t>(part)];
  Stream& stream = streams_[slot];
  stream.part = part;
  if (pool.empty()) {
    if (hs_open_stream(database, 0, &stream.state) != HS_SUCCESS) throw std::bad_alloc();
    return;
  }
  stream.state = pool.back();
  pool.pop_back();
  // Without a callback the reset reports nothing of the stream that was.
  hs_reset_stream(stream.state, 0, scratch_, nullptr, nullptr);
}

void HyperscanStreams::giveBack(uint32_t slot) {
  Stream& stream = streams_[slot];
  if (stream.state == nullptr) return;
  std::vector<hs_stream_t*>& pool = pools_[static_cast<size_t>(stream.part)];
  hs_stream_t* const state = std::exchange(stream.state, nullptr);
  if (pool.size() < POOLED_MAX) {
    pool.push_back(state);
  } else {
    close(state);
  }
}

size_t HyperscanStreams::pooledBytes() const {
  size_t bytes = 0;
  for (size_t part = 0; part < pools_.size(); ++part) {
    if (pools_[part].empty()) continue;
    size_t stateBytes = 0;
    hs_stream_size(databases_[part].get(), &stateBytes);
    bytes += pools_[part].size() * stateBytes;
  }
  return bytes;
}

void HyperscanStreams::close(hs_stream_t* state) const {
  if (state != nullptr) hs_close_stream(state, scratch_, nullptr, nullptr);
}

}  // namespace weir
