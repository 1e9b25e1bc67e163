// SPDX-License-Identifier: Apache-2.0
#include "binding/config_reader.h"

#include <string>

namespace weir {

namespace {

constexpr double NS_A_MS = 1e6;

std::string text(const Napi::Object& object, const char* key) {
  return object.Get(key).As<Napi::String>().Utf8Value();
}

bool boolean(const Napi::Object& object, const char* key) {
  return object.Get(key).As<Napi::Boolean>().Value();
}

template <typename Integer>
Integer integer(const Napi::Object& object, const char* key) {
  return static_cast<Integer>(object.Get(key).As<Napi::Number>().Int64Value());
}

int64_t nanoseconds(const Napi::Object& object, const char* keyMs) {
  return static_cast<int64_t>(object.Get(keyMs).As<Napi::Number>().DoubleValue() * NS_A_MS);
}

template <typename Value, typename Read>
std::vector<Value> list(const Napi::Object& object, const char* key, Read read) {
  const auto array = object.Get(key).As<Napi::Array>();
  std::vector<Value> values;
  for (uint32_t i = 0; i < array.Length(); ++i)
    values.push_back(read(array.Get(i).As<Napi::Object>()));
  return values;
}

Application readApplication(const Napi::Object& object) {
  return {.selector = integer<uint32_t>(object, "selector"),
          .name = text(object, "name"),
          .description = text(object, "description"),
          .category = text(object, "category"),
          .ipProtocol = integer<uint8_t>(object, "ipProtocol")};
}

Transport readMatchedTransport(const Napi::Object& object) {
  return text(object, "transport") == "udp" ? Transport::UDP : Transport::TCP;
}

Pattern readPattern(const Napi::Object& object) {
  return {.regex = text(object, "regex"),
          .caseless = boolean(object, "caseless"),
          .transport = readMatchedTransport(object),
          .side = text(object, "side") == "server" ? StreamSide::SERVER : StreamSide::CLIENT,
          .application = integer<uint32_t>(object, "application"),
          .protocol = integer<uint32_t>(object, "protocol"),
          .ordinal = integer<uint16_t>(object, "ordinal"),
          .isBehaviour = boolean(object, "isBehaviour"),
          .priority = integer<int32_t>(object, "priority"),
          .minimumDatagramBytes = integer<uint32_t>(object, "minimumDatagramBytes"),
          .maximumDatagramBytes = integer<uint32_t>(object, "maximumDatagramBytes"),
          .source = text(object, "source")};
}

ServerNameRule readServerName(const Napi::Object& object) {
  return {.suffix = text(object, "suffix"),
          .isExact = boolean(object, "isExact"),
          .application = integer<uint32_t>(object, "application"),
          .ordinal = integer<uint16_t>(object, "ordinal"),
          .source = text(object, "source")};
}

PortHint readPort(const Napi::Object& object) {
  return {.port = integer<uint16_t>(object, "port"),
          .transport = readMatchedTransport(object),
          .application = integer<uint32_t>(object, "application")};
}

KnownApplications readKnown(const Napi::Object& object) {
  return {.ftp = integer<uint32_t>(object, "ftp"),
          .ftpData = integer<uint32_t>(object, "ftpData"),
          .sip = integer<uint32_t>(object, "sip"),
          .rtp = integer<uint32_t>(object, "rtp"),
          .rtcp = integer<uint32_t>(object, "rtcp"),
          .tls = integer<uint32_t>(object, "tls"),
          .dtls = integer<uint32_t>(object, "dtls"),
          .quic = integer<uint32_t>(object, "quic"),
          .http = integer<uint32_t>(object, "http"),
          .dns = integer<uint32_t>(object, "dns"),
          .stun = integer<uint32_t>(object, "stun"),
          .ssh = integer<uint32_t>(object, "ssh"),
          .dhcp = integer<uint32_t>(object, "dhcp"),
          .ethereum = integer<uint32_t>(object, "ethereum")};
}

SourceOptions readSource(const Napi::Object& object) {
  const std::string kind = text(object, "kind");
  if (kind == "file") return FileOptions{text(object, "path")};
  if (kind == "replay") {
    ReplayOptions options;
    options.path = text(object, "path");
    options.end = text(object, "end") == "loop" ? ReplayEnd::LOOP : ReplayEnd::FINISH;
    return options;
  }
  PacketRingOptions options;
  options.interfaceName = text(object, "interfaceName");
  return options;
}

ExportProtocol readProtocol(const std::string& name) {
  if (name == "ipfix") return ExportProtocol::IPFIX;
  return name == "netflow5" ? ExportProtocol::NETFLOW5 : ExportProtocol::NETFLOW9;
}

ExportTransport readTransport(const std::string& name) {
  if (name == "tcp") return ExportTransport::TCP;
  if (name == "tls") return ExportTransport::TLS;
  return name == "file" ? ExportTransport::FILE : ExportTransport::UDP;
}

ExportTarget readTarget(const Napi::Object& object) {
  return {.protocol = readProtocol(text(object, "protocol")),
          .destination = {.collector = {text(object, "host"), integer<uint16_t>(object, "port")},
                          .transport = readTransport(text(object, "transport")),
                          .path = text(object, "path")}};
}

TransportOptions readTransportOptions(const Napi::Object& object) {
  const std::string source = text(object, "sourceAddress");
  return {.datagram = {.source = source,
                       .maximumMtuBytes = integer<uint32_t>(object, "maximumMtuBytes")},
          .stream = {.source = source, .bufferBytes = integer<size_t>(object, "bufferBytes")},
          .tls = {.authorityFile = text(object, "authorityFile"),
                  .certificateFile = text(object, "certificateFile"),
                  .keyFile = text(object, "keyFile")},
          .rotateNs = nanoseconds(object, "rotateMs")};
}

EarlyExport readEarlyExport(const Napi::Object& object) {
  return boolean(object, "exportOnClassify") ? EarlyExport::ON_CLASSIFY : EarlyExport::NEVER;
}

std::vector<uint32_t> readCores(const Napi::Array& array) {
  std::vector<uint32_t> cores;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    cores.push_back(array.Get(i).As<Napi::Number>().Uint32Value());
  }
  return cores;
}

Tunnel readTunnel(const std::string& name) {
  if (name == "gre") return Tunnel::GRE;
  if (name == "ipip") return Tunnel::IP_IN_IP;
  if (name == "vxlan") return Tunnel::VXLAN;
  return name == "geneve" ? Tunnel::GENEVE : Tunnel::GTP_U;
}

EngineChoice readEngine(const Napi::Object& object) {
  const std::string name = text(object, "engine");
  if (name == "emulator") return {.engine = Engine::EMULATOR};
  if (name == "none") return {.engine = Engine::NONE};
  if (name == "hyperscan") return {.engine = Engine::HYPERSCAN};
  EngineChoice choice{.engine = Engine::NCORE};
  if (!object.Get("device").IsNull()) choice.device = integer<uint32_t>(object, "device");
  return choice;
}

EngineOptions readEngines(const Napi::Object& object) {
  EngineOptions options;
  options.order = list<EngineChoice>(object, "order", readEngine);
  options.device = {.library = text(object, "library"),
                    .settings = text(object, "settings"),
                    .gatherNs = nanoseconds(object, "gatherMs")};
  options.deadlineNs = nanoseconds(object, "deadlineMs");
  return options;
}

}  // namespace

TunnelSet readTunnels(const Napi::Array& names) {
  TunnelSet tunnels = TunnelSet::none();
  for (uint32_t i = 0; i < names.Length(); ++i)
    tunnels.add(readTunnel(names.Get(i).As<Napi::String>().Utf8Value()));
  return tunnels;
}

SignatureSet readSignatures(const Napi::Object& object) {
  return {.applications = list<Application>(object, "applications", readApplication),
          .patterns = list<Pattern>(object, "patterns", readPattern),
          .serverNames = list<ServerNameRule>(object, "serverNames", readServerName),
          .ports = list<PortHint>(object, "ports", readPort),
          .known = readKnown(object.Get("known").As<Napi::Object>())};
}

ReloadConfig readReloadConfig(const Napi::Object& object) {
  ReloadConfig config;
  config.timeouts.idleNs = nanoseconds(object, "idleTimeoutMs");
  config.timeouts.activeNs = nanoseconds(object, "activeTimeoutMs");
  config.earlyExport = readEarlyExport(object);
  const Napi::Value signatures = object.Get("signatures");
  if (!signatures.IsNull()) config.signatures = readSignatures(signatures.As<Napi::Object>());
  return config;
}

DataPlaneConfig readConfig(const Napi::Object& object) {
  DataPlaneConfig config;
  config.source = readSource(object.Get("source").As<Napi::Object>());
  config.lanes = integer<uint32_t>(object, "lanes");
  config.cores = readCores(object.Get("cores").As<Napi::Array>());
  config.decode.tunnels = readTunnels(object.Get("tunnels").As<Napi::Array>());
  config.flows.idleTimeoutNs = nanoseconds(object, "idleTimeoutMs");
  config.flows.activeTimeoutNs = nanoseconds(object, "activeTimeoutMs");
  config.flows.maximumFlows = integer<uint32_t>(object, "maximumFlows");
  config.engine = readEngines(object.Get("engines").As<Napi::Object>());
  config.signatures = readSignatures(object.Get("signatures").As<Napi::Object>());
  config.classifier.usesPortHints = boolean(object, "portHints");
  config.cache =
      DatabaseCache(text(object, "cacheFolder"), text(object, "cacheUse") == "read-only"
                                                     ? DatabaseCache::Use::READ_ONLY
                                                     : DatabaseCache::Use::READ_AND_WRITE);
  config.targets = list<ExportTarget>(object, "targets", readTarget);
  config.exportMode =
      text(object, "exportMode") == "share" ? ExportMode::SHARE : ExportMode::FAN_OUT;
  config.transport = readTransportOptions(object.Get("transport").As<Napi::Object>());
  config.ipfixFlows = text(object, "ipfixFlows") == "biflow" ? FlowForm::BIFLOW : FlowForm::UNIFLOW;
  config.templateRefreshNs = nanoseconds(object, "templateRefreshMs");
  config.enterpriseNumber = integer<uint32_t>(object, "enterpriseNumber");
  config.recordsPath = text(object, "recordsPath");
  config.earlyExport = readEarlyExport(object);
  config.sampling.interval = integer<uint32_t>(object, "samplingInterval");
  config.sampling.algorithm = text(object, "samplingAlgorithm") == "random"
                                  ? SamplingAlgorithm::RANDOM_OUT_OF_N
                                  : SamplingAlgorithm::SYSTEMATIC_COUNT;
  config.overloadPolicy =
      text(object, "onOverload") == "drop" ? OverloadPolicy::DROP : OverloadPolicy::DEGRADE;
  config.observationDomain = integer<uint32_t>(object, "observationDomain");
  return config;
}

}  // namespace weir
