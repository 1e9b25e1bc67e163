// SPDX-License-Identifier: Apache-2.0
#include "collect/decode/template.h"

#include <algorithm>
#include <array>

#include "collect/decode/element_rules.h"
#include "collect/decode/generated/iana_elements.h"

namespace weir::collect {

namespace {

/// A set has 65535 octets, 4 of them its header.
constexpr size_t LONGEST_RECORD = 65531;

constexpr size_t TARGETS = static_cast<size_t>(Target::COUNT);

/// The best field for each target, and the other address family's field where there are both.
struct Choice {
  std::array<const ElementRule*, TARGETS> rules{};
  std::array<uint16_t, TARGETS> fields{};
  std::array<uint16_t, TARGETS> secondFields{};
  std::array<const ElementRule*, TARGETS> secondRules{};

  [[nodiscard]] bool has(Target target) const { return at(target) != nullptr; }
  [[nodiscard]] const ElementRule* at(Target target) const {
    return rules[static_cast<size_t>(target)];
  }
  void drop(Target target) { rules[static_cast<size_t>(target)] = nullptr; }
};

bool isReadable(const FieldSpec& field, const ElementRule& rule) {
  const bool ofFixedLength = rule.factory(VARIABLE_LENGTH) == nullptr;
  return field.length != VARIABLE_LENGTH ? rule.factory(field.length) != nullptr : !ofFixedLength;
}

void consider(Choice& choice, const ElementRule& rule, uint16_t fieldIndex) {
  const auto target = static_cast<size_t>(rule.target);
  const ElementRule* const known = choice.rules[target];
  if (known != nullptr && known->rank >= rule.rank) {
    if (known->rank > rule.rank && choice.secondRules[target] == nullptr) {
      choice.secondRules[target] = &rule;
      choice.secondFields[target] = fieldIndex;
    }
    return;
  }
  choice.secondRules[target] = known;
  choice.secondFields[target] = choice.fields[target];
  choice.rules[target] = &rule;
  choice.fields[target] = fieldIndex;
}

Choice choose(const std::vector<FieldSpec>& fields, FlowSide side) {
  Choice choice;
  for (size_t i = 0; i < fields.size(); ++i) {
    const ElementRule* const rule = ruleOf(fields[i]);
    if (rule != nullptr && sideOf(fields[i]) == side && isReadable(fields[i], *rule))
      consider(choice, *rule, static_cast<uint16_t>(i));
  }
  if (choice.has(Target::ICMP)) {
    choice.drop(Target::ICMP_TYPE);
    choice.drop(Target::ICMP_CODE);
  }
  return choice;
}

/// Records of 21 and 22 with an element 160 count from it.
void moveUptimes(Choice& choice, bool hasSystemInit) {
  static constexpr ElementRule UPTIME_START{element::flowStartSysUpTime, Target::START_UPTIME, 6,
                                            &unsignedStep<&RecordScratch::startUptime>};
  static constexpr ElementRule UPTIME_END{element::flowEndSysUpTime, Target::END_UPTIME, 6,
                                          &unsignedStep<&RecordScratch::endUptime>};
  if (!hasSystemInit) return;
  const auto move = [&](Target from, const ElementRule& to, uint16_t number) {
    if (!choice.has(from) || choice.at(from)->element != number) return;
    choice.rules[static_cast<size_t>(to.target)] = &to;
    choice.fields[static_cast<size_t>(to.target)] = choice.fields[static_cast<size_t>(from)];
    choice.drop(from);
  };
  move(Target::START, UPTIME_START, element::flowStartSysUpTime);
  move(Target::END, UPTIME_END, element::flowEndSysUpTime);
}

class Compiler {
 public:
  explicit Compiler(Template& to) : to_(to) {}

  bool layOut() {
    for (const FieldSpec& field : to_.definition.fields) {
      offsets_.push_back(static_cast<uint16_t>(std::min(to_.recordLength, LONGEST_RECORD)));
      to_.isVariable |= field.length == VARIABLE_LENGTH;
      to_.recordLength += field.length == VARIABLE_LENGTH ? 1 : field.length;
    }
    return to_.recordLength > 0 && to_.recordLength <= LONGEST_RECORD;
  }

  void compile() {
    Choice forward = choose(to_.definition.fields, FlowSide::FORWARD);
    moveUptimes(forward, forward.has(Target::SYSTEM_INIT));
    noteFacts(forward);
    to_.steps = stepsOf(forward);
    compileReverse(forward);
    noteEvents();
  }

 private:
  void noteFacts(const Choice& choice) {
    to_.isEmpty = !choice.has(Target::OCTETS) && !choice.has(Target::PACKETS) &&
                  !choice.has(Target::SOURCE) && !choice.has(Target::DESTINATION);
    to_.hasIcmp = choice.has(Target::ICMP) || choice.has(Target::ICMP_TYPE);
    to_.hasUptimes = choice.has(Target::START_UPTIME) || choice.has(Target::END_UPTIME);
    to_.needsSysUptime = isUptime(choice.at(Target::START)) || isUptime(choice.at(Target::END));
    to_.hasDuration = choice.has(Target::DURATION);
    to_.hasSampling = choice.has(Target::SAMPLING_INTERVAL) ||
                      choice.has(Target::PACKET_INTERVAL) || choice.has(Target::SAMPLER);
    to_.hasApplicationId = choice.has(Target::APPLICATION_ID);
  }

  static bool isUptime(const ElementRule* rule) {
    return rule != nullptr && (rule->element == element::flowStartSysUpTime ||
                               rule->element == element::flowEndSysUpTime);
  }

  FieldStep stepAt(uint16_t fieldIndex, StepFunction read) {
    return {read, fieldIndex, offsets_[fieldIndex], to_.definition.fields[fieldIndex].length};
  }

  std::vector<FieldStep> stepsOf(const Choice& choice) {
    std::vector<FieldStep> steps;
    for (size_t target = 0; target < TARGETS; ++target) {
      const ElementRule* const rule = choice.rules[target];
      if (rule == nullptr) continue;
      const uint16_t field = choice.fields[target];
      const StepFunction read = rule->factory(to_.definition.fields[field].length);
      if (!addDualStack(choice, target, steps)) steps.push_back(stepAt(field, read));
    }
    return steps;
  }

  /// IPv6 first, and IPv4 over it where it is set.
  bool addDualStack(const Choice& choice, size_t target, std::vector<FieldStep>& steps) {
    const StepFunction whenSet = whenSetStep(static_cast<Target>(target));
    const ElementRule* const second = choice.secondRules[target];
    if (whenSet == nullptr || second == nullptr) return false;
    const uint16_t field = choice.secondFields[target];
    steps.push_back(stepAt(field, second->factory(to_.definition.fields[field].length)));
    steps.push_back(stepAt(choice.fields[target], whenSet));
    return true;
  }

  static StepFunction whenSetStep(Target target) {
    if (target == Target::SOURCE) return &readIpv4WhenSet<&FlowColumns::sourceAddress>;
    if (target == Target::DESTINATION) return &readIpv4WhenSet<&FlowColumns::destinationAddress>;
    if (target == Target::NEXT_HOP) return &readIpv4WhenSet<&FlowColumns::ipNextHopAddress>;
    return nullptr;
  }

  /// The responder's counters belong to the initiator's: beside a plain delta they say nothing new.
  static void dropUnpaired(const Choice& forward, Choice& reverse, Target target) {
    const ElementRule* const rule = reverse.at(target);
    const bool ofResponder = rule != nullptr && (rule->element == element::responderOctets ||
                                                 rule->element == element::responderPackets);
    if (!ofResponder) return;
    const ElementRule* const other = forward.at(target);
    const bool isPaired = other == nullptr || other->element == element::initiatorOctets ||
                          other->element == element::initiatorPackets;
    if (!isPaired) reverse.drop(target);
  }

  void compileReverse(const Choice& forward) {
    Choice reverse = choose(to_.definition.fields, FlowSide::REVERSE);
    dropUnpaired(forward, reverse, Target::OCTETS);
    dropUnpaired(forward, reverse, Target::PACKETS);
    if (!reverse.has(Target::OCTETS) && !reverse.has(Target::PACKETS)) return;
    to_.reverse = reverseBits(reverse);
    // Scratch entries are the forward direction's.
    for (size_t target = static_cast<size_t>(Target::APPLICATION_ID); target < TARGETS; ++target)
      reverse.rules[target] = nullptr;
    to_.reverseSteps = stepsOf(reverse);
  }

  static uint8_t reverseBits(const Choice& reverse) {
    uint8_t bits = static_cast<uint8_t>(ReverseField::COUNTERS);
    const auto note = [&](Target target, ReverseField field) {
      if (reverse.has(target)) bits |= static_cast<uint8_t>(field);
    };
    note(Target::START, ReverseField::START);
    note(Target::END, ReverseField::END);
    note(Target::TCP_BITS, ReverseField::TCP_BITS);
    note(Target::CLASS_OF_SERVICE, ReverseField::CLASS_OF_SERVICE);
    note(Target::ICMP, ReverseField::ICMP);
    note(Target::ICMP_TYPE, ReverseField::ICMP);
    return bits;
  }

  void noteEvents() {
    const auto& fields = to_.definition.fields;
    for (size_t i = 0; i < fields.size(); ++i) {
      const ElementRule* const rule = ruleOf(fields[i]);
      const bool counts =
          rule != nullptr && (rule->target == Target::OCTETS || rule->target == Target::PACKETS);
      if (counts) to_.counterFields.push_back(static_cast<uint16_t>(i));
      if (fields[i].enterprise != IANA) continue;
      if (fields[i].element == element::firewallEvent)
        to_.firewallEventField = static_cast<uint16_t>(i);
      to_.hasEvents |=
          fields[i].element == element::firewallEvent || fields[i].element == element::natEvent;
    }
  }

  Template& to_;
  std::vector<uint16_t> offsets_;
};

/// Octets of a field that carries its own length (RFC 7011 7), its place in `at`; false when it
/// does not end before `end`.
bool readVariableLength(const uint8_t*& at, const uint8_t* end, uint32_t& length) {
  if (end - at < 1) return false;
  length = *at++;
  if (length < 255) return true;
  if (end - at < 2) return false;
  length = load16(at);
  at += 2;
  return true;
}

}  // namespace

std::optional<Template> compileTemplate(TemplateDefinition definition) {
  Template compiled;
  compiled.definition = std::move(definition);
  Compiler compiler(compiled);
  if (!compiler.layOut()) return std::nullopt;
  if (compiled.definition.kind == TemplateKind::DATA) compiler.compile();
  return compiled;
}

size_t placeFields(const TemplateDefinition& definition, const uint8_t* record, const uint8_t* end,
                   std::vector<FieldPlace>& places) {
  places.clear();
  const uint8_t* at = record;
  for (const FieldSpec& field : definition.fields) {
    uint32_t length = field.length;
    if (length == VARIABLE_LENGTH && !readVariableLength(at, end, length)) return 0;
    if (static_cast<size_t>(end - at) < length) return 0;
    places.push_back({static_cast<uint32_t>(at - record), length});
    at += length;
  }
  return static_cast<size_t>(at - record);
}

}  // namespace weir::collect
