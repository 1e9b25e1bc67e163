// SPDX-License-Identifier: Apache-2.0
#include "binding/chunk_binding.h"

#include <span>
#include <utility>
#include <vector>

namespace weir {

namespace {

using collect::Address;  // NOLINT(misc-unused-using-decls): the list of columns names it
using collect::FlowColumns;
using collect::NameId;

/// The memory of each column's rows, in the order of the list.
std::span<uint8_t> rowsOf(FlowColumns& columns, size_t index) {
  size_t at = 0;
#define WEIR_CASE(Type, name)                                                              \
  if (at++ == index) {                                                                     \
    return {reinterpret_cast<uint8_t*>(columns.name.data()), columns.rows * sizeof(Type)}; \
  }
  WEIR_FLOW_COLUMNS(WEIR_CASE)
#undef WEIR_CASE
  return {};
}

constexpr size_t countColumns() {
  size_t count = 0;
#define WEIR_COUNT(Type, name) ++count;
  WEIR_FLOW_COLUMNS(WEIR_COUNT)
#undef WEIR_COUNT
  return count;
}

}  // namespace

Napi::Function ChunkBinding::define(Napi::Env env) {
  return DefineClass(
      env, "FlowChunk",
      {InstanceMethod<&ChunkBinding::rows>("rows"), InstanceMethod<&ChunkBinding::names>("names"),
       InstanceMethod<&ChunkBinding::column>("column"),
       InstanceMethod<&ChunkBinding::release>("release")});
}

ChunkBinding::ChunkBinding(const Napi::CallbackInfo& info)
    : ObjectWrap(info), buffers_(countColumns()) {
  using Lease = std::shared_ptr<ChunkLease>;
  if (info.Length() < 1 || !info[0].IsExternal())
    throw Napi::TypeError::New(info.Env(), "chunks come from takeChunks()");
  const std::unique_ptr<Lease> given(info[0].As<Napi::External<Lease>>().Data());
  lease_ = std::move(*given);
}

FlowColumns& ChunkBinding::columns(Napi::Env env) const {
  FlowColumns* const columns = lease_->get();
  if (columns == nullptr) throw Napi::Error::New(env, "the chunk was released");
  return *columns;
}

Napi::Value ChunkBinding::rows(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(columns(info.Env()).rows));
}

/// V8 makes what is not UTF-8 replacement characters.
Napi::Value ChunkBinding::names(const Napi::CallbackInfo& info) {
  const collect::ChunkNames& names = columns(info.Env()).names;
  Napi::Array array = Napi::Array::New(info.Env(), names.size());
  for (NameId id = 0; id < names.size(); ++id) {
    const std::string_view text = names.textOf(id);
    array.Set(id, Napi::String::New(info.Env(), text.data(), text.size()));
  }
  return array;
}

/// The buffer keeps the chunk where it is for as long as somebody holds it.
Napi::Value ChunkBinding::column(const Napi::CallbackInfo& info) {
  const size_t index = info[0].As<Napi::Number>().Uint32Value();
  if (index >= buffers_.size()) throw Napi::RangeError::New(info.Env(), "there is no such column");
  const std::span<uint8_t> octets = rowsOf(columns(info.Env()), index);
  Napi::Reference<Napi::ArrayBuffer>& known = buffers_[index];
  if (!known.IsEmpty()) return known.Value();
  auto* const hold = new std::shared_ptr<ChunkLease>(lease_);
  const Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(
      info.Env(), octets.data(), octets.size(),
      [](Napi::Env, void*, std::shared_ptr<ChunkLease>* held) { delete held; }, hold);
  known = Napi::Persistent(buffer);
  return buffer;
}

void ChunkBinding::detach() {
  for (Napi::Reference<Napi::ArrayBuffer>& buffer : buffers_) {
    if (buffer.IsEmpty()) continue;
    buffer.Value().Detach();
    buffer.Reset();
  }
}

collect::Chunk ChunkBinding::take() {
  detach();
  return lease_->take();
}

void ChunkBinding::release(const Napi::CallbackInfo& /*info*/) {
  detach();
  lease_->release();
}

}  // namespace weir
