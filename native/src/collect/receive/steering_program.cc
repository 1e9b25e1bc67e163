// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/steering_program.h"

#include <random>

#include "collect/receive/socket_address.h"

namespace weir::collect {

namespace {

constexpr uint32_t SUM = 0;  ///< word of the program's memory
constexpr uint32_t FOLD = 15;
constexpr uint32_t FOLDED_MULTIPLIER = 0x85ebca6b;

/// Loads from the IP header: the program is handed the transport's payload.
sock_filter loadWord(int at) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(SKF_NET_OFF + at));
}

/// The sum of all words but the last, mixed, then the last one: it stays in the accumulator.
void loadIpv6Source(std::vector<sock_filter>& program, const SteeringSeed& seed) {
  constexpr int SOURCE_AT = 8;
  constexpr int WORDS = 4;
  program.push_back(loadWord(SOURCE_AT));
  for (int word = 1; word < WORDS; ++word) {
    program.push_back(BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, seed.addend));
    program.push_back(BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, seed.multiplier));
    program.push_back(BPF_STMT(BPF_ST, SUM));
    program.push_back(loadWord(SOURCE_AT + 4 * word));
    program.push_back(BPF_STMT(BPF_LDX | BPF_MEM, SUM));
    program.push_back(BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0));
  }
}

/// A product is best in its upper half. One alone is a straight line: with an unlucky multiplier
/// all exporters of a subnet would be in one lane, so that it is folded and multiplied again.
void reduceToLane(std::vector<sock_filter>& program, uint32_t lanes, const SteeringSeed& seed) {
  program.push_back(BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, seed.addend));
  program.push_back(BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, seed.multiplier));
  program.push_back(BPF_STMT(BPF_MISC | BPF_TAX, 0));
  program.push_back(BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, FOLD));
  program.push_back(BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0));
  program.push_back(BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, FOLDED_MULTIPLIER));
  program.push_back(BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 16));
  program.push_back(BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, lanes));
  program.push_back(BPF_STMT(BPF_RET | BPF_A, 0));
}

}  // namespace

SteeringSeed SteeringSeed::random() {
  std::random_device device;
  return {device(), device() | 1U};
}

std::vector<sock_filter> steeringProgram(uint32_t lanes, const SteeringSeed& seed) {
  constexpr int IPV4_SOURCE_AT = 12;
  std::vector<sock_filter> ipv6;
  loadIpv6Source(ipv6, seed);
  std::vector<sock_filter> program{
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, static_cast<uint32_t>(SKF_NET_OFF)),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x60, 2, 0),
      loadWord(IPV4_SOURCE_AT),
      BPF_STMT(BPF_JMP | BPF_JA, static_cast<uint32_t>(ipv6.size())),
  };
  program.insert(program.end(), ipv6.begin(), ipv6.end());
  reduceToLane(program, lanes, seed);
  return program;
}

uint32_t steeredLane(const Address& source, uint32_t lanes, const SteeringSeed& seed) {
  constexpr size_t IPV4_AT = 12;
  uint32_t sum = 0;
  for (size_t at = isIpv4(source) ? IPV4_AT : 0; at < source.size(); at += 4) {
    sum += static_cast<uint32_t>(source[at]) << 24U | static_cast<uint32_t>(source[at + 1]) << 16U |
           static_cast<uint32_t>(source[at + 2]) << 8U | source[at + 3];
    sum = (sum + seed.addend) * seed.multiplier;
  }
  sum = (sum ^ (sum >> FOLD)) * FOLDED_MULTIPLIER;
  return (sum >> 16U) % lanes;
}

}  // namespace weir::collect
