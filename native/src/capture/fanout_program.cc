// SPDX-License-Identifier: Apache-2.0
#include "capture/fanout_program.h"

#include <linux/if_ether.h>

#include <cstdint>

namespace weir {
namespace {

constexpr uint32_t ETHER_TYPE_QINQ_9100 = 0x9100;
constexpr uint32_t VLAN_TAG_BYTES = 4;
constexpr uint32_t VLAN_LEVELS = 2;  // besides the tag that the kernel takes off
constexpr uint32_t GOLDEN_RATIO = 0x9e3779b1;
constexpr uint32_t OTHER_MULTIPLIER = 0x85ebca6b;
constexpr uint32_t SCRATCH = 0;

/// Where an IP version keeps its two addresses, and how to know it.
struct IpLayout {
  uint32_t etherType;
  uint32_t versionBits;  // the upper half of the first octet
  uint32_t sourceAt;
  uint32_t addressWords;
};
constexpr IpLayout LAYOUTS[] = {{ETH_P_IP, 0x40, 12, 1}, {ETH_P_IPV6, 0x60, 8, 4}};

using Program = std::vector<sock_filter>;

void append(Program& program, uint16_t code, uint32_t operand = 0) {
  program.push_back(BPF_STMT(code, operand));
}

/// Fanout runs on received frames when their link header is gone and on sent frames while it is
/// still there, so offsets count from the network header.
void appendLoad(Program& program, uint16_t width, uint32_t at) {
  append(program, BPF_LD | BPF_ABS | width, static_cast<uint32_t>(SKF_NET_OFF) + at);
}

void appendWhenEqual(Program& program, uint32_t value, const Program& then) {
  program.push_back(
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, static_cast<uint8_t>(then.size())));
  program.insert(program.end(), then.begin(), then.end());
}

/// One word for an address: the exclusive or of its words.
void appendAddress(Program& program, uint32_t at, uint32_t words) {
  appendLoad(program, BPF_W, at);
  for (uint32_t word = 1; word < words; ++word) {
    append(program, BPF_MISC | BPF_TAX);
    appendLoad(program, BPF_W, at + 4 * word);
    append(program, BPF_ALU | BPF_XOR | BPF_X);
  }
}

/// Ends with the hash of the pair: its sum and its exclusive or, because where networks are
/// numbered alike (10.1.x.y talks to 10.2.x.y) one of the two is the same for all pairs.
Program pairHash(uint32_t ipAt, const IpLayout& layout) {
  const uint32_t sourceAt = ipAt + layout.sourceAt;
  Program hash;
  appendAddress(hash, sourceAt, layout.addressWords);
  append(hash, BPF_ST, SCRATCH);
  appendAddress(hash, sourceAt + 4 * layout.addressWords, layout.addressWords);
  append(hash, BPF_LDX | BPF_MEM, SCRATCH);
  append(hash, BPF_ALU | BPF_XOR | BPF_X);
  append(hash, BPF_ST, SCRATCH + 1);
  append(hash, BPF_ALU | BPF_XOR | BPF_X);  // the destination again
  append(hash, BPF_ALU | BPF_ADD | BPF_X);
  append(hash, BPF_ALU | BPF_MUL | BPF_K, GOLDEN_RATIO);
  append(hash, BPF_MISC | BPF_TAX);
  append(hash, BPF_LD | BPF_MEM, SCRATCH + 1);
  append(hash, BPF_ALU | BPF_MUL | BPF_K, OTHER_MULTIPLIER);
  append(hash, BPF_ALU | BPF_XOR | BPF_X);
  // The kernel takes a modulo, and a product is best in its upper half.
  append(hash, BPF_ALU | BPF_RSH | BPF_K, 16);
  append(hash, BPF_RET | BPF_A);
  return hash;
}

/// The pair's hash when the first octet confirms the IP version; else goes on behind.
Program confirmedPairHash(uint32_t ipAt, const IpLayout& layout) {
  Program program;
  appendLoad(program, BPF_B, ipAt);
  append(program, BPF_ALU | BPF_AND | BPF_K, 0xf0);
  appendWhenEqual(program, layout.versionBits, pairHash(ipAt, layout));
  return program;
}

/// Expects the EtherType in the accumulator; ends the program unless there is one more tag.
void appendLevel(Program& program, uint32_t ipAt) {
  for (const IpLayout& layout : LAYOUTS)
    appendWhenEqual(program, layout.etherType, confirmedPairHash(ipAt, layout));
  // On frames being sent the network header may lie behind the tags although the protocol is that
  // of a tag: then what looks like a tag is the IP header itself.
  Program otherwise;
  for (const IpLayout& layout : LAYOUTS)
    if (ipAt > 0) {
      const Program hash = confirmedPairHash(0, layout);
      otherwise.insert(otherwise.end(), hash.begin(), hash.end());
    }
  append(otherwise, BPF_RET | BPF_K, 0);
  auto toNextLevel = static_cast<uint8_t>(otherwise.size() + 2);
  for (const uint32_t tag : {uint32_t{ETH_P_8021Q}, uint32_t{ETH_P_8021AD}, ETHER_TYPE_QINQ_9100})
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, tag, toNextLevel--, 0));
  program.insert(program.end(), otherwise.begin(), otherwise.end());
}

}  // namespace

std::vector<sock_filter> fanoutProgram() {
  Program program;
  append(program, BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_PROTOCOL));
  for (uint32_t level = 0; level <= VLAN_LEVELS; ++level) {
    const uint32_t ipAt = level * VLAN_TAG_BYTES;
    if (level > 0) appendLoad(program, BPF_H, ipAt - 2);
    appendLevel(program, ipAt);
  }
  append(program, BPF_RET | BPF_K, 0);
  return program;
}

}  // namespace weir
