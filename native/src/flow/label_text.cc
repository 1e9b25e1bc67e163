// SPDX-License-Identifier: Apache-2.0
#include "flow/label_text.h"

namespace weir {

const char* confidenceName(Confidence confidence) {
  switch (confidence) {
    case Confidence::PORT:
      return "port";
    case Confidence::BEHAVIOUR:
      return "behaviour";
    case Confidence::EXPECTED:
      return "expected";
    case Confidence::NAME:
      return "name";
    case Confidence::PAYLOAD:
      return "payload";
    case Confidence::NONE:
      break;
  }
  return "none";
}

std::string ruleText(const FlowLabel& label) {
  const std::string number = "/" + std::to_string(label.ruleOrdinal + 1);
  switch (label.rule) {
    case RuleKind::MATCH:
      return "/match" + number;
    case RuleKind::SERVER_NAMES:
      return "/serverNames" + number;
    case RuleKind::PORTS:
      return "/ports";
    case RuleKind::IP_PROTOCOL:
      return "/ipProtocol";
    case RuleKind::ANNOUNCED_BY:
      return "/announcedBy";
    case RuleKind::SHAPE:
      return "/shape";
    case RuleKind::NONE:
      break;
  }
  return "";
}

std::string namingText(const std::string& application, const FlowLabel& label) {
  return application + ruleText(label) + ", " + confidenceName(label.confidence);
}

}  // namespace weir
