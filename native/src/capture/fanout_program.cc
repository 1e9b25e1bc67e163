// SPDX-License-Identifier: Apache-2.0
#include "capture/fanout_program.h"

#include <linux/if_ether.h>

#include <cstdint>

namespace weir {
namespace {

constexpr uint32_t ETHER_TYPE_QINQ_9100 = 0x9100;
constexpr uint32_t VLAN_TAG_BYTES = 4;
constexpr uint32_t VLAN_LEVELS = 2;  // besides the tag that the kernel takes off
constexpr uint32_t IPV4_SOURCE_AT = 12;
constexpr uint32_t IPV4_WORDS = 2;
constexpr uint32_t IPV6_SOURCE_AT = 8;
constexpr uint32_t IPV6_WORDS = 8;
constexpr uint32_t GOLDEN_RATIO = 0x9e3779b1;

using Program = std::vector<sock_filter>;

void append(Program& program, uint16_t code, uint32_t operand) {
  program.push_back(BPF_STMT(code, operand));
}

/// Fanout runs on received frames when their link header is gone and on sent frames while it is
/// still there, so offsets count from the network header.
void appendLoad(Program& program, uint16_t width, uint32_t at) {
  append(program, BPF_LD | BPF_ABS | width, static_cast<uint32_t>(SKF_NET_OFF) + at);
}

/// The exclusive or of all address words, folded so that each bit counts in a modulo.
Program pairHash(uint32_t addressesAt, uint32_t words) {
  Program hash;
  appendLoad(hash, BPF_W, addressesAt);
  for (uint32_t word = 1; word < words; ++word) {
    append(hash, BPF_MISC | BPF_TAX, 0);
    appendLoad(hash, BPF_W, addressesAt + 4 * word);
    append(hash, BPF_ALU | BPF_XOR | BPF_X, 0);
  }
  append(hash, BPF_MISC | BPF_TAX, 0);
  append(hash, BPF_ALU | BPF_RSH | BPF_K, 16);
  append(hash, BPF_ALU | BPF_XOR | BPF_X, 0);
  append(hash, BPF_ALU | BPF_MUL | BPF_K, GOLDEN_RATIO);
  append(hash, BPF_ALU | BPF_RSH | BPF_K, 16);
  append(hash, BPF_RET | BPF_A, 0);
  return hash;
}

void appendWhenEtherType(Program& program, uint32_t etherType, const Program& then) {
  program.push_back(
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, etherType, 0, static_cast<uint8_t>(then.size())));
  program.insert(program.end(), then.begin(), then.end());
}

/// Expects the EtherType in the accumulator and leaves that of the next level there.
void appendLevel(Program& program, uint32_t ipAt) {
  appendWhenEtherType(program, ETH_P_IP, pairHash(ipAt + IPV4_SOURCE_AT, IPV4_WORDS));
  appendWhenEtherType(program, ETH_P_IPV6, pairHash(ipAt + IPV6_SOURCE_AT, IPV6_WORDS));
  uint8_t toNextLevel = 3;
  for (const uint32_t tag : {uint32_t{ETH_P_8021Q}, uint32_t{ETH_P_8021AD}, ETHER_TYPE_QINQ_9100})
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, tag, toNextLevel--, 0));
  append(program, BPF_RET | BPF_K, 0);
  appendLoad(program, BPF_H, ipAt + 2);
}

}  // namespace

std::vector<sock_filter> fanoutProgram() {
  Program program;
  append(program, BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_PROTOCOL));
  for (uint32_t level = 0; level <= VLAN_LEVELS; ++level)
    appendLevel(program, level * VLAN_TAG_BYTES);
  append(program, BPF_RET | BPF_K, 0);
  return program;
}

}  // namespace weir
