// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "classify/classifier_impl.h"

namespace weir {
namespace {

/// Version 2 with a fixed header (RFC 3550 5.1).
bool mayBeMedia(std::span<const uint8_t> octets) {
  return octets.size() >= 8 && (octets[0] & 0xc0U) == 0x80;
}

}  // namespace

/// The budget in octets is the matcher's: shapes and readers get whole datagrams, as many as the
/// budget in packets allows.
void Classifier::Impl::addDatagram(FlowEntry& entry, const DecodedPacket& packet) {
  if (packet.payloadLengthBytes == 0) return;
  const StreamSide side = sideOf(entry, packet);
  DatagramWatch datagrams = seats.watch(entry).datagrams(side);
  const bool isSpent = datagrams.isSpent();
  const uint32_t allowed = datagrams.allowance(packet.payloadLengthBytes, budgets.datagrams);
  const bool isFound = hasVerdict(entry) && !isProvisional(entry);
  Candidates candidates;
  if (!isFound && allowed != 0)
    candidates = prefixes.ofDatagram(partOf(Transport::UDP, side), payloadOf(packet).first(allowed),
                                     packet.datagramBytes);
  const bool isScanned = !candidates.areNone();
  datagrams.count(isScanned ? allowed : 0, budgets.datagrams);
  seats.keep(entry, side, datagrams);
  if (isSpent || (isScanned && !seat(entry))) return;
  if (!isFound) observeMedia(entry, side, payloadOf(packet));
  if (!FlowSeats::isSeated(entry)) return;
  if (isScanned || allowed == 0 || isFound) dissect(entry, side, payloadOf(packet));
  if (datagrams.isSpent()) stopReading(entry, side);
  if (isScanned) requestDatagram(entry, packet, {allowed, candidates});
}

void Classifier::Impl::requestDatagram(FlowEntry& entry, const DecodedPacket& packet,
                                       const DatagramScan& scan) {
  const StreamSide side = sideOf(entry, packet);
  FlowSlot& slot = seats[seats.indexOf(entry)];
  queue.add({.bytes = payloadOf(packet).first(scan.octets),
             .slot = seats.indexOf(entry) * 2 + static_cast<uint32_t>(side),
             .generation = slot.generation,
             .part = partOf(Transport::UDP, side),
             .startOfStream = true,
             .endOfStream = true,
             .candidates = scan.candidates},
            {packet.datagramBytes, payloadPackets(entry)}, SegmentPool::NO_BLOCK);
  counters.scannedOctets += scan.octets;
  ++slot.outstanding;
}

/// RTP and RTCP have no words to match: several datagrams of a flow tell. They may use a part of
/// the slots only, since a flood of noise begins like them now and then.
void Classifier::Impl::observeMedia(FlowEntry& entry, StreamSide side,
                                    std::span<const uint8_t> octets) {
  if (!mayBeMedia(octets)) return;
  if (!FlowSeats::isSeated(entry) && !seatForMedia(entry)) return;
  FlowSlot& slot = seats[seats.indexOf(entry)];
  if (!std::exchange(slot.tracksMedia, true)) ++mediaSeats;
  const Verdict shape = naming.ofShape(slot.media[static_cast<size_t>(side)].add(octets));
  const bool isAnnounced = announcedAs(entry).hasName() && isMediaPacket(octets);
  suppose(entry, isAnnounced ? announcedAs(entry) : shape);
}

bool Classifier::Impl::seatForMedia(FlowEntry& entry) {
  if (mediaSeats >= mediaSeatsMax) {
    FlowEntry* const idle = seats.dispensable();
    if (idle == nullptr || !seats[seats.indexOf(*idle)].tracksMedia) return false;
    giveUpSeat(*idle);
  }
  return seats.seat(entry) || (makeRoom() && seats.seat(entry));
}

/// What the flow is called if nothing in it says otherwise.
Verdict Classifier::Impl::announcedAs(const FlowEntry& entry) const {
  const auto role = static_cast<AnnouncedRole>(uint8_t{entry.announced});
  return Naming::ofAnnouncement(memory->announced.applicationOf(role));
}

/// Files that FTP transfers look like anything: their announcement alone names the flow when no
/// pattern does.
bool Classifier::Impl::isAnnouncedStream(const FlowEntry& entry) const {
  return entry.key.protocol == PROTOCOL_TCP && announcedAs(entry).hasName();
}

}  // namespace weir
