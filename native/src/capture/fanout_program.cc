// SPDX-License-Identifier: Apache-2.0
#include "capture/fanout_program.h"

#include <linux/if_ether.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <utility>

namespace weir {
namespace {

constexpr uint32_t ETHER_TYPE_QINQ_9100 = 0x9100;
constexpr uint32_t ETHER_TYPE_BACKBONE_SERVICE = 0x88e7;
constexpr int TAG_BYTES = 4;
constexpr int SERVICE_TAG_BYTES = 4;
constexpr int CONTROL_WORD_BYTES = 4;
constexpr int TAG_LEVELS = 3;  // besides the tag that the kernel takes off
constexpr int LABELS = 6;

/// Words of the program's memory.
enum Memory : uint32_t { IP_AT, SOURCE, DESTINATION, SCRATCH };

/// Places that are jumped to. All jumps go forward.
enum class Label : uint8_t {
  BEHIND_TAGS,
  PPPOE,
  LLC,
  MPLS,
  BOTTOM_OF_STACK,
  INNER_ETHERNET,
  PAIR,
  PAIR_IPV6,
  HASH,
  NOT_IP,
  COUNT,
};

/// Assembles the program. X holds the offset that has been walked to, counted from the header that
/// `base` names: the kernel's own offsets differ between frames received and frames sent, whose
/// tags it may have passed over already.
class Assembler {
 public:
  explicit Assembler(int base) : base_(base) {}

  void add(uint16_t code, uint32_t operand = 0) { program_.push_back(BPF_STMT(code, operand)); }

  void load(uint16_t width, int at) {
    add(BPF_LD | BPF_IND | width, static_cast<uint32_t>(base_ + at));
  }

  void skip(int octets) {
    add(BPF_MISC | BPF_TXA);
    add(BPF_ALU | BPF_ADD | BPF_K, static_cast<uint32_t>(octets));
    add(BPF_MISC | BPF_TAX);
  }

  void jump(Label to) {
    jumps_.emplace_back(program_.size(), to);
    add(BPF_JMP | BPF_JA);
  }

  /// A conditional jump reaches 255 instructions, an unconditional one all.
  void jumpWhenEqual(std::initializer_list<uint32_t> values, Label to) {
    for (const uint32_t value : values) {
      program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1));
      jump(to);
    }
  }

  void jumpWhenIp(Label to) { jumpWhenEqual({ETH_P_IP, ETH_P_IPV6}, to); }

  void jumpUnlessEqual(std::initializer_list<uint32_t> values, Label to) {
    auto toBehindJump = static_cast<uint8_t>(values.size());
    for (const uint32_t value : values)
      program_.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, toBehindJump--, 0));
    jump(to);
  }

  void place(Label label) { places_[static_cast<size_t>(label)] = program_.size(); }

  std::vector<sock_filter> finish() {
    for (const auto& [at, to] : jumps_)
      program_[at].k = static_cast<uint32_t>(places_[static_cast<size_t>(to)] - at - 1);
    return std::move(program_);
  }

 private:
  int base_;
  std::vector<sock_filter> program_;
  std::vector<std::pair<size_t, Label>> jumps_;
  std::array<size_t, static_cast<size_t>(Label::COUNT)> places_{};
};

/// Expects the EtherType in the accumulator.
void walkTags(Assembler& walk) {
  for (int level = 0; level < TAG_LEVELS; ++level) {
    walk.jumpWhenIp(Label::PAIR);
    walk.jumpUnlessEqual({ETH_P_8021Q, ETH_P_8021AD, ETHER_TYPE_QINQ_9100}, Label::BEHIND_TAGS);
    walk.skip(TAG_BYTES);
    walk.load(BPF_H, -2);
  }
  walk.jumpWhenIp(Label::PAIR);
}

/// The EtherType is in the accumulator; it is neither IP nor a tag.
void walkBehindTags(Assembler& walk) {
  constexpr uint32_t LARGEST_LENGTH = 1500;
  walk.place(Label::BEHIND_TAGS);
  walk.jumpWhenEqual({ETH_P_PPP_SES}, Label::PPPOE);
  walk.jumpWhenEqual({ETH_P_MPLS_UC, ETH_P_MPLS_MC}, Label::MPLS);
  // Up to there it is a length (IEEE 802.3), and LLC follows.
  walk.add(BPF_ST, SOURCE);
  walk.add(BPF_ALU | BPF_DIV | BPF_K, LARGEST_LENGTH + 1);
  walk.jumpWhenEqual({0}, Label::LLC);
  walk.add(BPF_LD | BPF_MEM, SOURCE);
  walk.jumpUnlessEqual({ETHER_TYPE_BACKBONE_SERVICE}, Label::NOT_IP);
  walk.skip(SERVICE_TAG_BYTES);
  walk.jump(Label::INNER_ETHERNET);
}

void walkPppoe(Assembler& walk) {
  constexpr uint32_t PPP_IPV4 = 0x21;
  constexpr uint32_t PPP_IPV6 = 0x57;
  walk.place(Label::PPPOE);
  walk.skip(6 + 2);
  walk.load(BPF_H, -2);
  walk.jumpWhenEqual({PPP_IPV4, PPP_IPV6}, Label::PAIR);
  walk.skip(-1);  // the protocol compressed to one octet
  walk.load(BPF_B, -1);
  walk.jumpWhenEqual({PPP_IPV4, PPP_IPV6}, Label::PAIR);
  walk.jump(Label::NOT_IP);
}

void walkLlc(Assembler& walk) {
  constexpr uint32_t SNAP_OF_ETHERNET = 0xaaaa0300;
  walk.place(Label::LLC);
  walk.load(BPF_W, 0);
  walk.jumpUnlessEqual({SNAP_OF_ETHERNET}, Label::NOT_IP);
  walk.skip(8);
  walk.load(BPF_H, -2);
  walk.jumpWhenIp(Label::PAIR);
  walk.jump(Label::NOT_IP);
}

/// As walkLink() does it, but for the lengths: what looks like IP is taken for it.
void walkMpls(Assembler& walk) {
  constexpr int INNER_TYPE_AT = 12;
  walk.place(Label::MPLS);
  for (int label = 0; label < LABELS; ++label) {
    walk.skip(4);
    walk.load(BPF_B, -2);
    walk.add(BPF_ALU | BPF_AND | BPF_K, 1);
    walk.jumpWhenEqual({1}, Label::BOTTOM_OF_STACK);
  }
  walk.jump(Label::NOT_IP);
  walk.place(Label::BOTTOM_OF_STACK);
  walk.load(BPF_B, 0);
  walk.add(BPF_ALU | BPF_AND | BPF_K, 0xf0);
  walk.jumpWhenEqual({0x40, 0x60}, Label::PAIR);
  walk.load(BPF_H, INNER_TYPE_AT);
  walk.jumpWhenIp(Label::INNER_ETHERNET);
  walk.skip(CONTROL_WORD_BYTES);
}

void walkInnerEthernet(Assembler& walk) {
  walk.place(Label::INNER_ETHERNET);
  walk.skip(14);
  walk.load(BPF_H, -2);
  walk.jumpWhenIp(Label::PAIR);
  walk.jumpUnlessEqual({ETH_P_8021Q, ETH_P_8021AD}, Label::NOT_IP);
  walk.skip(TAG_BYTES);
  walk.load(BPF_H, -2);
  walk.jumpWhenIp(Label::PAIR);
  walk.jump(Label::NOT_IP);
}

/// The upper bits of what is in the accumulator, to its lower ones: products mix upwards only.
/// Takes X.
void foldDown(Assembler& walk) {
  walk.add(BPF_ST, SCRATCH);
  walk.add(BPF_ALU | BPF_RSH | BPF_K, 15);
  walk.add(BPF_LDX | BPF_MEM, SCRATCH);
  walk.add(BPF_ALU | BPF_XOR | BPF_X);
}

/// The address of so many words at `at` behind X becomes one word in memory. Both addresses are
/// taken in the same way, so that both directions give the same pair of words.
void hashAddress(Assembler& walk, int at, int words, Memory into, const FanoutSeed& seed) {
  for (int word = 0; word < words; ++word) {
    walk.load(BPF_W, at + 4 * word);
    if (word == 0) {
      walk.add(BPF_ALU | BPF_ADD | BPF_K, seed.addend);
    } else {
      walk.add(BPF_LDX | BPF_MEM, into);
      walk.add(BPF_ALU | BPF_ADD | BPF_X);
    }
    walk.add(BPF_ALU | BPF_MUL | BPF_K, seed.multipliers[0]);
    foldDown(walk);
    walk.add(BPF_ST, into);
    walk.add(BPF_LDX | BPF_MEM, IP_AT);
  }
}

/// X is where IP begins; the first octet confirms the version.
void loadPair(Assembler& walk, const FanoutSeed& seed) {
  walk.place(Label::PAIR);
  walk.add(BPF_STX, IP_AT);
  walk.load(BPF_B, 0);
  walk.add(BPF_ALU | BPF_AND | BPF_K, 0xf0);
  walk.jumpWhenEqual({0x60}, Label::PAIR_IPV6);
  walk.jumpUnlessEqual({0x40}, Label::NOT_IP);
  hashAddress(walk, 12, 1, SOURCE, seed);
  hashAddress(walk, 16, 1, DESTINATION, seed);
  walk.jump(Label::HASH);
  walk.place(Label::PAIR_IPV6);
  hashAddress(walk, 8, 4, SOURCE, seed);
  hashAddress(walk, 24, 4, DESTINATION, seed);
}

/// The sum is the same for both directions.
void hashPair(Assembler& walk, const FanoutSeed& seed) {
  walk.place(Label::HASH);
  walk.add(BPF_LD | BPF_MEM, DESTINATION);
  walk.add(BPF_LDX | BPF_MEM, SOURCE);
  walk.add(BPF_ALU | BPF_ADD | BPF_X);
  walk.add(BPF_ALU | BPF_MUL | BPF_K, seed.multipliers[1]);
  foldDown(walk);
  walk.add(BPF_ALU | BPF_MUL | BPF_K, seed.multipliers[2]);
  // The kernel takes a modulo, and a product is best in its upper half.
  walk.add(BPF_ALU | BPF_RSH | BPF_K, 16);
  walk.add(BPF_RET | BPF_A);
  walk.place(Label::NOT_IP);
  walk.add(BPF_RET | BPF_K, 0);
}

}  // namespace

FanoutSeed FanoutSeed::random() {
  std::random_device device;
  FanoutSeed seed;
  seed.addend = device();
  for (uint32_t& multiplier : seed.multipliers) multiplier = device() | 1U;
  return seed;
}

std::vector<sock_filter> fanoutProgram(LinkType linkType, const FanoutSeed& seed) {
  const bool ethernet = linkType == LinkType::ETHERNET;
  Assembler walk(ethernet ? SKF_LL_OFF : SKF_NET_OFF);
  walk.add(BPF_LDX | BPF_IMM, ethernet ? ETH_HLEN : 0);
  if (ethernet)
    walk.load(BPF_H, -2);
  else
    walk.add(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(SKF_AD_OFF + SKF_AD_PROTOCOL));
  walkTags(walk);
  walkBehindTags(walk);
  walkPppoe(walk);
  walkLlc(walk);
  walkMpls(walk);
  walkInnerEthernet(walk);
  loadPair(walk, seed);
  hashPair(walk, seed);
  return walk.finish();
}

}  // namespace weir
