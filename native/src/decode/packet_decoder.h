// SPDX-License-Identifier: Apache-2.0
// Decodes frames into flow keys and payloads: the outermost packet's, or in a tunnel that is
// entered the innermost one's. Brings the fragments of a datagram together in one flow.
#pragma once

#include <span>

#include "capture/packet_view.h"
#include "decode/decode_options.h"
#include "decode/decoded_packet.h"
#include "decode/early_fragments.h"
#include "decode/fragment_cache.h"

namespace weir {

/// HELD: the packet is a fragment that came before its first. It is kept, and released later.
enum class Decoding : uint8_t { DONE, HELD };

/// Owned by one lane. Never reads beyond `capturedLengthBytes`, whatever the octets say.
class PacketDecoder {
 public:
  explicit PacketDecoder(DecodeOptions options = {},
                         const SeededHash::Seed& seed = SeededHash::randomSeed())
      : options_(options), fragments_(SeededHash(seed)), early_(SeededHash(seed)) {}

  /// Fills `packet` from `view`; with an exception only what DecodedPacket says of exceptions.
  Decoding decode(const PacketView& view, DecodedPacket& packet);

  /// Fills `packet` with what is to be counted next: a fragment that was released, or the first of
  /// `views`, which are taken off the front. False when there is neither. Fragments come right
  /// behind their first, so that a batch's end changes no order. What is borrowed stays valid as
  /// long as the views do.
  bool next(std::span<const PacketView>& views, DecodedPacket& packet) {
    if (early_.takeReleased(packet)) return true;
    while (!views.empty()) {
      const PacketView& view = views.front();
      views = views.subspan(1);
      if (view.isOverheard) [[unlikely]] {
        if (overhear(view, packet)) return true;
        continue;
      }
      if (decode(view, packet) == Decoding::DONE) return true;
      if (early_.takeReleased(packet)) return true;
    }
    return false;
  }

  /// A packet that another lane counts: fills `packet`, with the exception OVERHEARD, and changes
  /// nothing here. False when it tells nothing to all lanes.
  bool overhear(const PacketView& view, DecodedPacket& packet) const;

  /// No packet older than `settledNs` is expected any more: releases the fragments that have waited
  /// too long for their first.
  void settle(int64_t settledNs) { early_.settle(settledNs); }

  /// Nothing will come any more: releases all.
  void flush() { early_.releaseAll(); }

  [[nodiscard]] bool hasReleased() const { return early_.hasReleased(); }

  /// Packets older than this do not wait here; see EarlyFragments::oldestNs.
  [[nodiscard]] int64_t oldestHeldNs() const { return early_.oldestNs(); }

  /// Packets by what became of the tunnel they are.
  [[nodiscard]] const TunnelCounters& tunnels() const { return tunnels_; }

 private:
  friend class LayeredDecoding;  ///< the test that compares both ways
  struct FirstFragment {
    FragmentKey key;
    FragmentShare share;
  };
  [[gnu::noinline]] Decoding decodeLayers(const PacketView& view, DecodedPacket& packet);
  Decoding decodeInwards(const PacketView& view, const Layers& outermost, DecodedPacket& packet);
  Decoding decodeLaterFragment(const PacketView& view, const LinkLayer& link,
                               const NetworkLayer& ip, DecodedPacket& packet);
  Decoding joinFlow(const Layers& layers, DecodedPacket& packet);
  void teach(const FirstFragment& first, FragmentRole role, const DecodedPacket& packet);

  DecodeOptions options_;
  FragmentCache fragments_;
  EarlyFragments early_;
  TunnelCounters tunnels_{};
};

}  // namespace weir
