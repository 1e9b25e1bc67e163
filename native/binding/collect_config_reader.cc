// SPDX-License-Identifier: Apache-2.0
#include "binding/collect_config_reader.h"

#include <string>
#include <vector>

namespace weir {

namespace {

using collect::Endpoint;
using collect::Transport;

std::string text(const Napi::Object& object, const char* key) {
  return object.Get(key).As<Napi::String>();
}

double number(const Napi::Object& object, const char* key) {
  return object.Get(key).As<Napi::Number>().DoubleValue();
}

std::vector<std::string> texts(const Napi::Object& object, const char* key) {
  const auto array = object.Get(key).As<Napi::Array>();
  std::vector<std::string> all;
  for (uint32_t i = 0; i < array.Length(); ++i) all.push_back(array.Get(i).As<Napi::String>());
  return all;
}

Transport transportOf(const std::string& name) {
  if (name == "tls") return Transport::TLS;
  return name == "tcp" ? Transport::TCP : Transport::UDP;
}

std::vector<Endpoint> endpoints(const Napi::Object& object) {
  const auto array = object.Get("endpoints").As<Napi::Array>();
  std::vector<Endpoint> all;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const auto entry = array.Get(i).As<Napi::Object>();
    all.push_back({text(entry, "host"), static_cast<uint16_t>(number(entry, "port")),
                   transportOf(text(entry, "transport"))});
  }
  return all;
}

}  // namespace

collect::FlowCollectionConfig readCollectionConfig(const Napi::Object& object) {
  collect::FlowCollectionConfig config;
  config.endpoints = endpoints(object);
  config.lanes = static_cast<uint32_t>(number(object, "lanes"));
  config.receiveBufferBytes = static_cast<uint64_t>(number(object, "receiveBufferBytes"));
  config.chunkBytes = static_cast<uint64_t>(number(object, "chunkBytes"));
  config.allowedExporters = texts(object, "allowedExporters");
  config.tls = {text(object, "certificateFile"), text(object, "keyFile"),
                text(object, "clientAuthorityFile")};
  config.streams.mostConnections = static_cast<size_t>(number(object, "mostConnections"));
  config.path.rate.recordsPerSecond = static_cast<uint64_t>(number(object, "recordsPerSecond"));
  const bool keepsBiflows = text(object, "biflows") == "keep";
  config.path.decoder.biflows =
      keepsBiflows ? collect::BiflowRows::KEEP : collect::BiflowRows::SPLIT;
  return config;
}

}  // namespace weir
