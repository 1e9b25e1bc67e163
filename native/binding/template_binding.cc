// SPDX-License-Identifier: Apache-2.0
#include "binding/template_binding.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "binding/promise_worker.h"
#include "collect/decode/template_octets.h"
#include "collect/receive/socket_address.h"

namespace weir {

namespace {

using collect::ExportProtocol;
using collect::FlowCollection;
using collect::IntakeLane;
using collect::SharedTemplate;

struct LearntTemplates {
  std::vector<SharedTemplate> templates;
  std::vector<uint64_t> changes;
};

LearntTemplates learnt(FlowCollection& collection, const std::vector<uint64_t>& changes) {
  std::mutex mutex;
  LearntTemplates all;
  const auto& lanes = collection.lanes();
  all.changes.resize(lanes.size());
  collection.inEachLane([&](IntakeLane& lane) {
    const auto self = std::find_if(lanes.begin(), lanes.end(),
                                   [&](const auto& each) { return each.get() == &lane; });
    const auto number = static_cast<size_t>(self - lanes.begin());
    std::vector<SharedTemplate> ofLane;
    const uint64_t last = lane.path().decoder().forEachTemplate(
        number < changes.size() ? changes[number] : 0,
        [&](const SharedTemplate& shared) { ofLane.push_back(shared); });
    const std::scoped_lock lock(mutex);
    all.changes[number] = last;
    all.templates.insert(all.templates.end(), ofLane.begin(), ofLane.end());
  });
  return all;
}

Napi::Object describe(Napi::Env env, const SharedTemplate& shared) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("exporterAddress", collect::textOf(shared.exporterAddress));
  object.Set("exportProtocol",
             collect::EXPORT_PROTOCOL_NAMES[static_cast<size_t>(shared.protocol)]);
  object.Set("observationDomainId", static_cast<double>(shared.observationDomainId));
  object.Set("templateId", static_cast<double>(shared.definition.id));
  const std::vector<uint8_t> octets = collect::templateOctets(shared.definition);
  object.Set("toldMilliseconds", static_cast<double>(shared.toldMilliseconds));
  object.Set("definition", Napi::Buffer<uint8_t>::Copy(env, octets.data(), octets.size()));
  return object;
}

Napi::Value describeAll(Napi::Env env, const LearntTemplates& all) {
  Napi::Array templates = Napi::Array::New(env);
  for (const SharedTemplate& shared : all.templates)
    templates.Set(templates.Length(), describe(env, shared));
  Napi::Array changes = Napi::Array::New(env);
  for (const uint64_t change : all.changes)
    changes.Set(changes.Length(), static_cast<double>(change));
  Napi::Object object = Napi::Object::New(env);
  object.Set("templates", templates);
  object.Set("changes", changes);
  return object;
}

std::optional<ExportProtocol> protocolOf(const std::string& name) {
  if (name == "netflow9") return ExportProtocol::NETFLOW9;
  if (name == "ipfix") return ExportProtocol::IPFIX;
  return std::nullopt;
}

std::optional<SharedTemplate> read(const Napi::Object& object) {
  const auto address = collect::parseAddress(object.Get("exporterAddress").As<Napi::String>());
  const auto protocol = protocolOf(object.Get("exportProtocol").As<Napi::String>());
  const auto octets = object.Get("definition").As<Napi::Uint8Array>();
  const auto id = static_cast<uint16_t>(object.Get("templateId").ToNumber().Uint32Value());
  auto definition = collect::readTemplateOctets(id, {octets.Data(), octets.ByteLength()});
  if (!address || !protocol || !definition) return std::nullopt;
  const uint32_t domain = object.Get("observationDomainId").ToNumber().Uint32Value();
  const int64_t told = object.Get("toldMilliseconds").ToNumber().Int64Value();
  return SharedTemplate{*address, *protocol, domain, std::move(*definition), told, 0};
}

int64_t nowMilliseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

Napi::Value templatesSince(Napi::Env env, std::shared_ptr<FlowCollection> collection,
                           const Napi::Array& changes) {
  std::vector<uint64_t> numbers;
  for (uint32_t i = 0; i < changes.Length(); ++i)
    numbers.push_back(static_cast<uint64_t>(changes.Get(i).ToNumber().Int64Value()));
  return PromiseWorker<LearntTemplates>::queue(
      env, [collection, numbers] { return learnt(*collection, numbers); }, describeAll);
}

Napi::Value importTemplates(Napi::Env env, std::shared_ptr<FlowCollection> collection,
                            const Napi::Array& templates) {
  std::vector<SharedTemplate> shared;
  for (uint32_t i = 0; i < templates.Length(); ++i)
    if (auto one = read(templates.Get(i).As<Napi::Object>())) shared.push_back(std::move(*one));
  return PromiseWorker<size_t>::queue(
      env,
      [collection, shared] {
        const int64_t now = nowMilliseconds();
        collection->inEachLane([&](IntakeLane& lane) {
          for (const SharedTemplate& each : shared)
            if (collection->lanes()[collection->laneOf(each.exporterAddress)].get() == &lane)
              lane.path().decoder().importTemplate(each, now);
        });
        return shared.size();
      },
      [](Napi::Env workerEnv, size_t count) {
        return Napi::Number::New(workerEnv, static_cast<double>(count));
      });
}

}  // namespace weir
