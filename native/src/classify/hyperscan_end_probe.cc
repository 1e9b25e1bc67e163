// SPDX-License-Identifier: Apache-2.0
#include "classify/hyperscan_end_probe.h"

#include <algorithm>
#include <new>

namespace weir {
namespace {

int collect(unsigned id, unsigned long long, unsigned long long, unsigned, void* matched) {
  static_cast<std::vector<unsigned>*>(matched)->push_back(id);
  return 0;
}

}  // namespace

HyperscanEndProbe::HyperscanEndProbe(const HyperscanDatabase& database, uint32_t slots,
                                     hs_scratch_t* scratch)
    : scratch_(scratch), streams_(database.atEndOfData(), slots, scratch), seen_(slots) {}

HyperscanEndProbe::~HyperscanEndProbe() {
  for (hs_stream_t* copy : copies_) {
    if (copy != nullptr) hs_close_stream(copy, scratch_, nullptr, nullptr);
  }
}

void HyperscanEndProbe::scan(const ScanRequest& request, std::vector<MatchEvent>& events) {
  if (request.startOfStream) {
    streams_.open(request.slot, request.part);
    seen_[request.slot] = {};
  }
  hs_stream_t* stream = streams_.get(request.slot);
  if (stream == nullptr) return;
  if (!request.bytes.empty()) {
    matched_.clear();
    hs_scan_stream(stream, reinterpret_cast<const char*>(request.bytes.data()),
                   static_cast<unsigned>(request.bytes.size()), 0, scratch_, collect, &matched_);
    closeCopy(stream, request.part);
    report(request, events);
  }
  if (request.endOfStream) streams_.giveBack(request.slot);
}

void HyperscanEndProbe::closeCopy(hs_stream_t* stream, DatabasePart part) {
  hs_stream_t*& copy = copies_[static_cast<size_t>(part)];
  const hs_error_t outcome =
      copy == nullptr ? hs_copy_stream(&copy, stream)
                      : hs_reset_and_copy_stream(copy, stream, scratch_, nullptr, nullptr);
  if (outcome != HS_SUCCESS) throw std::bad_alloc();
  hs_reset_stream(copy, 0, scratch_, collect, &matched_);
}

/// An alternative without '$' may have matched inside the octets; the pattern as a whole is one of
/// the data seen so far, so its event has their end.
void HyperscanEndProbe::report(const ScanRequest& request, std::vector<MatchEvent>& events) {
  Seen& seen = seen_[request.slot];
  seen.octets += request.bytes.size();
  for (const unsigned pattern : matched_) {
    const auto end = seen.patterns.end();
    if (std::find(seen.patterns.begin(), end, pattern) != end) continue;
    seen.patterns.push_back(pattern);
    events.push_back({seen.octets, request.tag, request.slot, request.generation, pattern});
  }
}

}  // namespace weir
