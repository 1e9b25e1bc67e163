// SPDX-License-Identifier: Apache-2.0
// Work that would hold up the event loop, done in its pool of threads; a promise tells of its end.
#pragma once

#include <napi.h>

#include <exception>
#include <functional>
#include <utility>

#include "binding/guarded.h"

namespace weir {

/// `Result` is made in a thread of the pool and becomes a JavaScript value in the event loop's.
/// What the work throws rejects the promise, with its code. Deletes itself.
template <typename Result>
class PromiseWorker final : public Napi::AsyncWorker {
 public:
  using Work = std::function<Result()>;
  using Convert = std::function<Napi::Value(Napi::Env, Result)>;

  static Napi::Promise queue(Napi::Env env, Work work, Convert convert) {
    auto* const worker = new PromiseWorker(env, std::move(work), std::move(convert));
    const Napi::Promise promise = worker->deferred_.Promise();
    worker->Queue();
    return promise;
  }

 protected:
  void Execute() override {
    try {
      result_ = work_();
    } catch (...) {
      failure_ = std::current_exception();
    }
    work_ = nullptr;  // what it holds belongs to no other thread
  }

  void OnOK() override {
    try {
      guarded(Env(), [&] {
        if (failure_) std::rethrow_exception(failure_);
      });
      deferred_.Resolve(convert_(Env(), std::move(result_)));
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    }
  }

 private:
  PromiseWorker(Napi::Env env, Work work, Convert convert)
      : AsyncWorker(env),
        work_(std::move(work)),
        convert_(std::move(convert)),
        deferred_(Napi::Promise::Deferred::New(env)) {}

  Work work_;
  Convert convert_;
  Napi::Promise::Deferred deferred_;
  Result result_{};
  std::exception_ptr failure_;
};

}  // namespace weir
