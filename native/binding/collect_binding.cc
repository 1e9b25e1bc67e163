// SPDX-License-Identifier: Apache-2.0
#include "binding/collect_binding.h"

#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "binding/chunk_binding.h"
#include "binding/collect_config_reader.h"
#include "binding/collect_counters_writer.h"
#include "binding/collect_enrichment_reader.h"
#include "binding/guarded.h"
#include "binding/promise_worker.h"
#include "binding/template_binding.h"
#include "collect/columns/native_block.h"
#include "collect/lane/flow_collection.h"

namespace weir {

namespace {

using collect::Chunk;
using collect::FlowCollection;
using collect::NativeFile;
using Octets = std::vector<uint8_t>;

/// Tells the event loop of chunks, from any thread. Does not keep the process alive.
class Waker {
 public:
  Waker(Napi::Env env, const Napi::Function& wake)
      // More than one call that waits would tell nothing new.
      : call_(Napi::ThreadSafeFunction::New(env, wake, "weir flow chunks", 1, 1)) {
    call_.Unref(env);
  }
  ~Waker() { call_.Release(); }
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;

  void operator()() const { call_.NonBlockingCall(); }

 private:
  Napi::ThreadSafeFunction call_;
};

/// Chunks on their way into a file, and back to the pool whatever happens.
class StoredChunks {
 public:
  explicit StoredChunks(std::shared_ptr<FlowCollection> collection)
      : collection_(std::move(collection)) {}
  ~StoredChunks() {
    for (Chunk& chunk : chunks_) collection_->giveBack(std::move(chunk));
  }
  StoredChunks(const StoredChunks&) = delete;
  StoredChunks& operator=(const StoredChunks&) = delete;

  void add(Chunk chunk) { chunks_.push_back(std::move(chunk)); }

  NativeFile writeTo(const std::string& path) const {
    std::vector<const collect::FlowColumns*> columns;
    columns.reserve(chunks_.size());
    for (const Chunk& chunk : chunks_) columns.push_back(chunk.get());
    return collect::writeNativeFile(path, columns);
  }

 private:
  std::shared_ptr<FlowCollection> collection_;
  std::vector<Chunk> chunks_;
};

Napi::Value describeFile(Napi::Env env, const NativeFile& file) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("rows", static_cast<double>(file.rows));
  object.Set("octets", static_cast<double>(file.octets));
  return object;
}

/// What all lanes' decoders tell, one behind the other.
template <typename List, typename Tell>
List gathered(FlowCollection& collection, Tell tell) {
  std::mutex mutex;
  List all;
  collection.inEachLane([&](collect::IntakeLane& lane) {
    List ofLane = tell(lane.path().decoder());
    const std::scoped_lock lock(mutex);
    all.insert(all.end(), ofLane.begin(), ofLane.end());
  });
  return all;
}

class FlowCollectionBinding final : public Napi::ObjectWrap<FlowCollectionBinding> {
 public:
  /// `chunkClass` lives as long as the addon.
  static Napi::Function define(Napi::Env env, Napi::FunctionReference* chunkClass) {
    using Self = FlowCollectionBinding;
    return DefineClass(
        env, "FlowCollection",
        {InstanceMethod<&Self::open>("open"), InstanceMethod<&Self::start>("start"),
         InstanceMethod<&Self::stop>("stop"), InstanceMethod<&Self::takeChunks>("takeChunks"),
         InstanceMethod<&Self::encode>("encode"), InstanceMethod<&Self::counters>("counters"),
         InstanceMethod<&Self::state>("state"), InstanceMethod<&Self::exporters>("exporters"),
         InstanceMethod<&Self::applications>("applications"),
         InstanceMethod<&Self::exportState>("exportState"),
         InstanceMethod<&Self::importState>("importState"),
         InstanceMethod<&Self::setEnrichment>("setEnrichment"),
         InstanceMethod<&Self::templatesSince>("templatesSince"),
         InstanceMethod<&Self::importTemplates>("importTemplates")},
        chunkClass);
  }

  /// (config, wake)
  explicit FlowCollectionBinding(const Napi::CallbackInfo& info)
      : ObjectWrap(info), chunkClass_(static_cast<Napi::FunctionReference*>(info.Data())) {
    const auto waker = std::make_shared<Waker>(info.Env(), info[1].As<Napi::Function>());
    guarded(info.Env(), [&] {
      collection_ = std::make_shared<FlowCollection>(
          readCollectionConfig(info[0].As<Napi::Object>()), [waker] { (*waker)(); });
    });
  }

 private:
  void open(const Napi::CallbackInfo& info) {
    guarded(info.Env(), [&] { collection_->open(); });
  }
  void start(const Napi::CallbackInfo& info) {
    guarded(info.Env(), [&] { collection_->start(); });
  }

  Napi::Value stop(const Napi::CallbackInfo& info) {
    return PromiseWorker<int>::queue(
        info.Env(),
        [collection = collection_] {
          collection->stop();
          return 0;
        },
        [](Napi::Env env, int) { return env.Undefined(); });
  }

  Napi::Value takeChunks(const Napi::CallbackInfo& info) {
    Napi::Array array = Napi::Array::New(info.Env());
    for (Chunk& chunk : collection_->takeChunks()) {
      auto* const lease = new std::shared_ptr<ChunkLease>(std::make_shared<ChunkLease>(
          std::move(chunk), [collection = collection_](Chunk returned) {
            collection->giveBack(std::move(returned));
          }));
      const auto external = Napi::External<std::shared_ptr<ChunkLease>>::New(info.Env(), lease);
      array.Set(array.Length(), chunkClass_->New({external}));
    }
    return array;
  }

  /// (chunks, path): they are released at once.
  Napi::Value encode(const Napi::CallbackInfo& info) {
    const auto stored = std::make_shared<StoredChunks>(collection_);
    const auto chunks = info[0].As<Napi::Array>();
    for (uint32_t i = 0; i < chunks.Length(); ++i) {
      Chunk chunk = ChunkBinding::Unwrap(chunks.Get(i).As<Napi::Object>())->take();
      if (chunk) stored->add(std::move(chunk));
    }
    const std::string path = info[1].As<Napi::String>();
    return PromiseWorker<NativeFile>::queue(
        info.Env(), [stored, path] { return stored->writeTo(path); }, describeFile);
  }

  Napi::Value counters(const Napi::CallbackInfo& info) {
    return writeLaneCounters(info.Env(), *collection_);
  }

  /// {endpoints, grantedBufferBytes, chunksInUse, mostChunks}
  Napi::Value state(const Napi::CallbackInfo& info) {
    Napi::Object object = Napi::Object::New(info.Env());
    Napi::Array endpoints = Napi::Array::New(info.Env());
    for (const collect::Endpoint& endpoint : collection_->endpoints()) {
      Napi::Object entry = Napi::Object::New(info.Env());
      entry.Set("host", endpoint.host);
      entry.Set("port", endpoint.port);
      endpoints.Set(endpoints.Length(), entry);
    }
    object.Set("endpoints", endpoints);
    object.Set("grantedBufferBytes", static_cast<double>(collection_->grantedBufferBytes()));
    object.Set("chunksInUse", static_cast<double>(collection_->pool().chunksInUse()));
    object.Set("mostChunks", static_cast<double>(collection_->pool().mostChunks()));
    return object;
  }

  Napi::Value exporters(const Napi::CallbackInfo& info) {
    using Domains = std::vector<collect::DomainState>;
    return PromiseWorker<Domains>::queue(
        info.Env(),
        [collection = collection_] {
          return gathered<Domains>(
              *collection, [](const collect::Decoder& decoder) { return decoder.domains(); });
        },
        [](Napi::Env env, const Domains& domains) { return writeDomains(env, domains); });
  }

  Napi::Value applications(const Napi::CallbackInfo& info) {
    using Applications = std::vector<collect::ApplicationState>;
    return PromiseWorker<Applications>::queue(
        info.Env(),
        [collection = collection_] {
          return gathered<Applications>(
              *collection, [](const collect::Decoder& decoder) { return decoder.applications(); });
        },
        writeApplications);
  }

  Napi::Value exportState(const Napi::CallbackInfo& info) {
    return PromiseWorker<Octets>::queue(
        info.Env(), [collection = collection_] { return collection->exportState(); },
        [](Napi::Env env, const Octets& octets) {
          return Napi::Buffer<uint8_t>::Copy(env, octets.data(), octets.size());
        });
  }

  /// (octets, nowMilliseconds): whether they were whole. After `open`, before `start`.
  Napi::Value importState(const Napi::CallbackInfo& info) {
    const auto octets = info[0].As<Napi::Uint8Array>();
    const int64_t now = info[1].As<Napi::Number>().Int64Value();
    const bool isWhole = collection_->importState({octets.Data(), octets.ByteLength()}, now);
    return Napi::Boolean::New(info.Env(), isWhole);
  }

  /// (config): when all lanes will use it with their next records.
  Napi::Value setEnrichment(const Napi::CallbackInfo& info) {
    return PromiseWorker<int>::queue(
        info.Env(),
        [collection = collection_, config = readEnrichmentConfig(info[0].As<Napi::Object>())] {
          collection->setEnrichment(config);
          return 0;
        },
        [](Napi::Env env, int) { return env.Undefined(); });
  }

  Napi::Value templatesSince(const Napi::CallbackInfo& info) {
    return weir::templatesSince(info.Env(), collection_, info[0].As<Napi::Array>());
  }
  Napi::Value importTemplates(const Napi::CallbackInfo& info) {
    return weir::importTemplates(info.Env(), collection_, info[0].As<Napi::Array>());
  }

  Napi::FunctionReference* chunkClass_;
  std::shared_ptr<FlowCollection> collection_;
};

}  // namespace

void defineCollect(Napi::Env env, Napi::Object exports) {
  auto* const chunkClass = new Napi::FunctionReference(Napi::Persistent(ChunkBinding::define(env)));
  chunkClass->SuppressDestruct();
  exports.Set("FlowCollection", FlowCollectionBinding::define(env, chunkClass));
}

}  // namespace weir
