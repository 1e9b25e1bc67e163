// SPDX-License-Identifier: Apache-2.0
#include "binding/process_binding.h"

#include "binding/guarded.h"
#include "process/privileges.h"
#include "process/service_manager.h"

namespace weir {

namespace {

/// findUser(name): {uid, gid}, or null.
Napi::Value findUserOf(const Napi::CallbackInfo& info) {
  const auto user = findUser(info[0].As<Napi::String>());
  if (!user) return info.Env().Null();
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("uid", user->uid);
  object.Set("gid", user->gid);
  return object;
}

/// dropPrivileges(keptCapabilities: numbers, user: name or null).
void dropPrivilegesOf(const Napi::CallbackInfo& info) {
  PrivilegeDrop drop;
  const auto kept = info[0].As<Napi::Array>();
  for (uint32_t i = 0; i < kept.Length(); ++i) {
    drop.keptCapabilities |= uint64_t{1} << kept.Get(i).As<Napi::Number>().Uint32Value();
  }
  guarded(info.Env(), [&] {
    if (!info[1].IsNull()) drop.user = findUser(info[1].As<Napi::String>());
    dropPrivileges(drop);
  });
}

/// notifyServiceManager(message): whether one was told.
Napi::Value notifyServiceManagerOf(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), notifyServiceManager(info[0].As<Napi::String>()));
}

}  // namespace

void defineProcess(Napi::Env env, Napi::Object exports) {
  exports.Set("findUser", Napi::Function::New(env, findUserOf));
  exports.Set("dropPrivileges", Napi::Function::New(env, dropPrivilegesOf));
  exports.Set("notifyServiceManager", Napi::Function::New(env, notifyServiceManagerOf));
}

}  // namespace weir
