// SPDX-License-Identifier: Apache-2.0
// Mirrors DataPlane for JavaScript: constructor(config), build, open, start, reload,
// reviveEngines, freeReturned, stop, wait, counters, watch, engines.
#include <napi.h>

#include <cstring>
#include <exception>
#include <functional>
#include <memory>

#include "binding/collect_binding.h"
#include "binding/config_reader.h"
#include "binding/counters_watch.h"
#include "binding/counters_writer.h"
#include "binding/guarded.h"
#include "binding/inspect_binding.h"
#include "binding/process_binding.h"
#include "lane/data_plane.h"

namespace weir {

namespace {

/// Does what takes its time away from the event loop; what it throws keeps its code. Deletes
/// itself.
class PlaneWorker final : public Napi::AsyncWorker {
 public:
  using Work = std::function<void()>;

  static Napi::Promise queue(Napi::Env env, Work work) {
    auto* const worker = new PlaneWorker(env, std::move(work));
    const Napi::Promise promise = worker->deferred_.Promise();
    worker->Queue();
    return promise;
  }

 protected:
  void Execute() override {
    try {
      work_();
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
  void OnOK() override {
    try {
      guarded(Env(), [&] {
        if (failure_) std::rethrow_exception(failure_);
      });
      deferred_.Resolve(Env().Undefined());
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    }
  }

 private:
  PlaneWorker(Napi::Env env, Work work)
      : AsyncWorker(env), work_(std::move(work)), deferred_(Napi::Promise::Deferred::New(env)) {}

  Work work_;
  Napi::Promise::Deferred deferred_;
  std::exception_ptr failure_;
};

class DataPlaneBinding final : public Napi::ObjectWrap<DataPlaneBinding> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "DataPlane",
                       {InstanceMethod<&DataPlaneBinding::build>("build"),
                        InstanceMethod<&DataPlaneBinding::open>("open"),
                        InstanceMethod<&DataPlaneBinding::start>("start"),
                        InstanceMethod<&DataPlaneBinding::reload>("reload"),
                        InstanceMethod<&DataPlaneBinding::reviveEngines>("reviveEngines"),
                        InstanceMethod<&DataPlaneBinding::freeReturned>("freeReturned"),
                        InstanceMethod<&DataPlaneBinding::stop>("stop"),
                        InstanceMethod<&DataPlaneBinding::wait>("wait"),
                        InstanceMethod<&DataPlaneBinding::counters>("counters"),
                        InstanceMethod<&DataPlaneBinding::watch>("watch"),
                        InstanceMethod<&DataPlaneBinding::engines>("engines"),
                        InstanceMethod<&DataPlaneBinding::warnings>("warnings"),
                        InstanceMethod<&DataPlaneBinding::recordsFailure>("recordsFailure")});
  }

  explicit DataPlaneBinding(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    DataPlaneConfig config = readConfig(info[0].As<Napi::Object>());
    exporters_ = config.targets.size() + (config.recordsPath.empty() ? 0 : 1);
    plane_ = std::make_shared<DataPlane>(std::move(config));
  }

 private:
  void build(const Napi::CallbackInfo& info) {
    guarded(info.Env(), [&] { plane_->build(); });
  }
  void open(const Napi::CallbackInfo& info) {
    guarded(info.Env(), [&] { plane_->open(); });
  }
  void start(const Napi::CallbackInfo& info) {
    guarded(info.Env(), [&] { plane_->start(); });
  }
  void stop(const Napi::CallbackInfo&) { plane_->stop(); }

  Napi::Value reload(const Napi::CallbackInfo& info) {
    const auto config =
        std::make_shared<ReloadConfig>(readReloadConfig(info[0].As<Napi::Object>()));
    return PlaneWorker::queue(info.Env(),
                              [plane = plane_, config] { plane->reload(std::move(*config)); });
  }

  Napi::Value reviveEngines(const Napi::CallbackInfo& info) {
    return PlaneWorker::queue(info.Env(), [plane = plane_] { plane->reviveEngines(); });
  }

  Napi::Value freeReturned(const Napi::CallbackInfo& info) {
    return PlaneWorker::queue(info.Env(), [plane = plane_] { plane->freeReturned(); });
  }

  Napi::Value wait(const Napi::CallbackInfo& info) {
    return PlaneWorker::queue(info.Env(), [plane = plane_] { plane->wait(); });
  }

  Napi::Value counters(const Napi::CallbackInfo& info) {
    Napi::Array array = Napi::Array::New(info.Env());
    for (const LaneCounters& lane : plane_->counters()) {
      array.Set(array.Length(), writeCounters(info.Env(), lane, exporters_));
    }
    return array;
  }

  void watch(const Napi::CallbackInfo& info) {
    writeWatch(plane_->counters(), exporters_, info[0].As<Napi::Float64Array>());
  }

  Napi::Value engines(const Napi::CallbackInfo& info) {
    return writeEngines(info.Env(), plane_->engines(), plane_->engineTotals());
  }

  Napi::Value warnings(const Napi::CallbackInfo& info) {
    Napi::Array array = Napi::Array::New(info.Env());
    for (const std::string& warning : plane_->warnings()) array.Set(array.Length(), warning);
    return array;
  }

  /// Message of the records file's failure, null while all is well.
  Napi::Value recordsFailure(const Napi::CallbackInfo& info) {
    const int failure = plane_->recordsFailure();
    if (failure == 0) return info.Env().Null();
    return Napi::String::New(info.Env(), std::strerror(failure));
  }

  std::shared_ptr<DataPlane> plane_;
  size_t exporters_ = 0;
};

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exports.Set("DataPlane", DataPlaneBinding::define(env));
  defineProcess(env, exports);
  defineInspect(env, exports);
  defineWatch(env, exports);
  defineCollect(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(weir, initialize)

}  // namespace weir
