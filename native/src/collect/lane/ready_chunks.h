// SPDX-License-Identifier: Apache-2.0
// Chunks that wait for who stores them. Lanes put, one other thread takes.
#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "collect/lane/chunk_pool.h"

namespace weir::collect {

class ReadyChunks {
 public:
  /// `wake` is called by the lane that puts the first chunk since the last `takeAll`.
  explicit ReadyChunks(std::function<void()> wake) : wake_(std::move(wake)) {}

  void put(Chunk chunk) {
    bool wasEmpty = false;
    {
      const std::scoped_lock lock(mutex_);
      wasEmpty = chunks_.empty();
      chunks_.push_back(std::move(chunk));
    }
    if (wasEmpty) wake_();
  }

  /// In the order in which they came.
  std::vector<Chunk> takeAll() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(chunks_, {});
  }

 private:
  std::function<void()> wake_;
  std::mutex mutex_;
  std::vector<Chunk> chunks_;
};

}  // namespace weir::collect
