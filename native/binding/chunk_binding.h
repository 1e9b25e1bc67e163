// SPDX-License-Identifier: Apache-2.0
// A chunk of flow records as JavaScript sees it: its columns without a copy, until it is released.
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "collect/lane/chunk_pool.h"

namespace weir {

/// A chunk that JavaScript holds. It goes back by itself when nobody can look at it any more.
class ChunkLease {
 public:
  using GiveBack = std::function<void(collect::Chunk)>;

  ChunkLease(collect::Chunk chunk, GiveBack giveBack)
      : chunk_(std::move(chunk)), giveBack_(std::move(giveBack)) {}
  ~ChunkLease() { release(); }
  ChunkLease(const ChunkLease&) = delete;
  ChunkLease& operator=(const ChunkLease&) = delete;

  /// Null after `take`.
  [[nodiscard]] collect::FlowColumns* get() const { return chunk_.get(); }
  collect::Chunk take() { return std::move(chunk_); }
  void release() {
    if (chunk_) giveBack_(std::move(chunk_));
  }

 private:
  collect::Chunk chunk_;
  GiveBack giveBack_;
};

/// FlowChunk: rows, names(), column(index), release(). Event loop's thread.
class ChunkBinding final : public Napi::ObjectWrap<ChunkBinding> {
 public:
  static Napi::Function define(Napi::Env env);

  /// Takes an External of a std::shared_ptr<ChunkLease>*, which becomes its own.
  explicit ChunkBinding(const Napi::CallbackInfo& info);

  /// Takes the chunk from JavaScript: views that it has are empty from now on. Null when that was
  /// done before.
  collect::Chunk take();

 private:
  Napi::Value rows(const Napi::CallbackInfo& info);
  Napi::Value names(const Napi::CallbackInfo& info);
  Napi::Value column(const Napi::CallbackInfo& info);
  void release(const Napi::CallbackInfo& info);
  void detach();
  collect::FlowColumns& columns(Napi::Env env) const;

  std::shared_ptr<ChunkLease> lease_;
  std::vector<Napi::Reference<Napi::ArrayBuffer>> buffers_;  ///< by column, once looked at
};

}  // namespace weir
