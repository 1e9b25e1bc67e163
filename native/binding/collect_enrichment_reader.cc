// SPDX-License-Identifier: Apache-2.0
#include "binding/collect_enrichment_reader.h"

#include <string>
#include <vector>

namespace weir {

namespace {

using collect::BoundaryConfig;
using collect::BoundarySide;
using collect::ExporterConfig;
using collect::InterfaceConfig;
using collect::NetworkConfig;
using collect::ServiceConfig;

std::string text(const Napi::Object& object, const char* key) {
  return object.Get(key).As<Napi::String>();
}

uint32_t number(const Napi::Object& object, const char* key) {
  return object.Get(key).As<Napi::Number>().Uint32Value();
}

template <typename Value, typename Read>
std::vector<Value> list(const Napi::Object& object, const char* key, Read read) {
  const auto array = object.Get(key).As<Napi::Array>();
  std::vector<Value> values;
  values.reserve(array.Length());
  for (uint32_t i = 0; i < array.Length(); ++i) values.push_back(read(array.Get(i)));
  return values;
}

NetworkConfig readNetwork(const Napi::Value& value) {
  const auto object = value.As<Napi::Object>();
  return {.prefix = text(object, "prefix"),
          .name = text(object, "name"),
          .role = text(object, "role"),
          .site = text(object, "site"),
          .isOwn = object.Get("own").As<Napi::Boolean>()};
}

InterfaceConfig readInterface(const Napi::Value& value) {
  const auto object = value.As<Napi::Object>();
  return {.index = number(object, "index"), .name = text(object, "name")};
}

ExporterConfig readExporter(const Napi::Value& value) {
  const auto object = value.As<Napi::Object>();
  return {.address = text(object, "address"),
          .name = text(object, "name"),
          .interfaces = list<InterfaceConfig>(object, "interfaces", readInterface)};
}

ServiceConfig readService(const Napi::Value& value) {
  const auto object = value.As<Napi::Object>();
  return {.protocol = static_cast<uint8_t>(number(object, "protocol")),
          .port = static_cast<uint16_t>(number(object, "port")),
          .name = text(object, "name"),
          .category = text(object, "category")};
}

BoundarySide readSide(const std::string& side) {
  if (side == "either") return BoundarySide::EITHER;
  return side == "egress" ? BoundarySide::EGRESS : BoundarySide::INGRESS;
}

BoundaryConfig readBoundary(const Napi::Value& value) {
  const auto object = value.As<Napi::Object>();
  const auto readIndex = [](const Napi::Value& index) {
    return index.As<Napi::Number>().Uint32Value();
  };
  return {.exporter = text(object, "exporter"),
          .interfaces = list<uint32_t>(object, "interfaces", readIndex),
          .side = readSide(text(object, "side"))};
}

}  // namespace

collect::EnrichmentConfig readEnrichmentConfig(const Napi::Object& object) {
  return {.networks = list<NetworkConfig>(object, "networks", readNetwork),
          .exporters = list<ExporterConfig>(object, "exporters", readExporter),
          .services = list<ServiceConfig>(object, "services", readService),
          .countryFile = text(object, "countryFile"),
          .asnFile = text(object, "asnFile"),
          .boundaries = list<BoundaryConfig>(object, "boundaries", readBoundary),
          .deduplicationWindowMs = number(object, "deduplicationWindowMs"),
          .deduplicationFlows = number(object, "deduplicationFlows")};
}

}  // namespace weir
