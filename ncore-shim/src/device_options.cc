// SPDX-License-Identifier: Apache-2.0
#include "device_options.h"

#include <algorithm>
#include <charconv>

namespace weir::ncore {

namespace {

constexpr uint32_t CARD_CHANNELS = 12;
constexpr uint64_t CHANNELS_MAX = 256;
constexpr uint64_t DEPTH_MAX = uint64_t{1} << 20;

std::optional<uint64_t> numberIn(std::string_view text, uint64_t least, uint64_t most) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (number < least || number > most) return std::nullopt;
  return number;
}

std::optional<Fault> parseFault(std::string_view text) {
  struct Name {
    std::string_view prefix;
    Fault::Kind kind;
    uint64_t least;
  };
  static constexpr Name NAMES[] = {
      {"lost@", Fault::Kind::LOST, 0},         {"stuck@", Fault::Kind::STUCK, 0},
      {"full@", Fault::Kind::FULL, 0},         {"slow:", Fault::Kind::SLOW, 0},
      {"truncate:", Fault::Kind::TRUNCATE, 1}, {"timeout@", Fault::Kind::TIMEOUT, 1},
  };
  for (const Name& name : NAMES) {
    if (!text.starts_with(name.prefix)) continue;
    const auto value = numberIn(text.substr(name.prefix.size()), name.least, UINT32_MAX);
    if (value) return Fault{name.kind, *value};
  }
  return std::nullopt;
}

class OptionsParser {
 public:
  bool set(std::string_view name, std::string_view value) {
    if (name == "timing") return setTiming(value);
    if (name == "fault") return setFault(value);
    const auto number = numberIn(value, 0, UINT64_MAX);
    return number && setNumber(name, *number);
  }

  DeviceOptions finish() {
    if (!channels_ && options_.timing) channels_ = CARD_CHANNELS;
    // Results that come later need someone who waits for them.
    const bool isSlow = options_.timing || options_.fault.kind == Fault::Kind::SLOW;
    options_.channels = std::max<uint32_t>(channels_.value_or(0), isSlow ? 1 : 0);
    return options_;
  }

 private:
  bool setTiming(std::string_view value) {
    if (value != "card") return false;
    options_.timing.emplace();
    return true;
  }

  bool setFault(std::string_view value) {
    const auto fault = parseFault(value);
    if (fault) options_.fault = *fault;
    return fault.has_value();
  }

  // Those of which there is at least one.
  uint32_t* limitOf(std::string_view name) {
    if (name == "jobbytes") return &options_.jobBytesMax;
    if (name == "queues") return &options_.queuesMax;
    if (name == "streams") return &options_.streamsMax;
    if (name == "allstreams") return &options_.deviceStreamsMax;
    if (name == "opens") return &options_.opensMax;
    return nullptr;
  }

  bool setNumber(std::string_view name, uint64_t number) {
    if (name == "memory") {
      options_.memoryBytes = number;
      return true;
    }
    if (uint32_t* const limit = limitOf(name)) {
      if (number == 0 || number > UINT32_MAX) return false;
      *limit = static_cast<uint32_t>(number);
      return true;
    }
    if (name == "channels" && number <= CHANNELS_MAX) {
      channels_ = static_cast<uint32_t>(number);
    } else if (name == "depth" && number > 0 && number <= DEPTH_MAX) {
      options_.depthMax = static_cast<uint32_t>(number);
    } else if (name == "back" && number <= UINT32_MAX) {
      options_.backMs = static_cast<uint32_t>(number);
    } else if (name == "registers" && number <= 1) {
      options_.registers = static_cast<uint32_t>(number);
    } else {
      return false;
    }
    return true;
  }

  DeviceOptions options_;
  std::optional<uint32_t> channels_;
};

}  // namespace

std::optional<DeviceOptions> parseDeviceOptions(const char* text) {
  OptionsParser parser;
  std::string_view left = text == nullptr ? std::string_view() : std::string_view(text);
  while (!left.empty()) {
    const size_t comma = std::min(left.find(','), left.size());
    const std::string_view option = left.substr(0, comma);
    const size_t equals = option.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    if (!parser.set(option.substr(0, equals), option.substr(equals + 1))) return std::nullopt;
    left.remove_prefix(std::min(comma + 1, left.size()));
  }
  return parser.finish();
}

}  // namespace weir::ncore
