// SPDX-License-Identifier: Apache-2.0
#include "classify/stream_journal.h"

namespace weir {

uint32_t StreamJournal::add(const ScanRequest& request) {
  if (request.startOfStream) start(request);
  const uint32_t index = bySlot_[request.slot];
  if (index == NONE || streams_[index].generation != request.generation) return NONE;
  JournaledStream& stream = streams_[index];
  octetBytes_ -= stream.octets.capacity();
  stream.octets.insert(stream.octets.end(), request.bytes.begin(), request.bytes.end());
  octetBytes_ += stream.octets.capacity();
  ++stream.outstanding;
  if (request.endOfStream) close(index);
  return index;
}

uint32_t StreamJournal::start(const ScanRequest& request) {
  if (bySlot_[request.slot] != NONE) {
    const uint32_t before = bySlot_[request.slot];
    close(before);
    freeIfDone(before);
  }
  uint32_t index = static_cast<uint32_t>(streams_.size());
  if (free_.empty()) {
    streams_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  JournaledStream& stream = streams_[index];
  stream.candidates = request.candidates;
  stream.slot = request.slot;
  stream.generation = request.generation;
  stream.part = request.part;
  stream.isOpen = true;
  bySlot_[request.slot] = index;
  return index;
}

void StreamJournal::close(uint32_t stream) {
  streams_[stream].isOpen = false;
  bySlot_[streams_[stream].slot] = NONE;
}

void StreamJournal::answer(uint32_t stream, uint32_t end) {
  JournaledStream& answered = streams_[stream];
  --answered.outstanding;
  answered.answered = end;
  answered.isAnswered = true;
  freeIfDone(stream);
}

void StreamJournal::freeIfDone(uint32_t index) {
  JournaledStream& stream = streams_[index];
  if (stream.isOpen || stream.outstanding != 0) return;
  dropOctets(stream);
  stream = {};
  free_.push_back(index);
}

void StreamJournal::dropOctets(JournaledStream& stream) {
  octetBytes_ -= stream.octets.capacity();
  stream.base = stream.end();
  stream.octets = std::vector<uint8_t>();  // {} would keep its memory
}

}  // namespace weir
