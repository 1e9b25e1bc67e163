// SPDX-License-Identifier: Apache-2.0
// How a queue's slots are shared out among channels: each has a place of its own, and no channel
// has more work than another when a host uses only each second slot, or each n-th.
#include "stream_table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

using weir::ncore::StreamTable;

TEST_CASE("each slot has a place of its own in its channel's table") {
  for (uint32_t channels = 1; channels <= 13; ++channels) {
    for (const uint32_t streams : {1U, 2U, 11U, 12U, 13U, 143U, 1000U}) {
      const StreamTable::Share share{streams, channels};
      std::set<std::pair<uint32_t, uint32_t>> places;
      for (uint32_t slot = 0; slot < streams; ++slot) {
        CHECK(share.channelOf(slot) < channels);
        CHECK(slot / channels < share.slots());
        places.emplace(share.channelOf(slot), slot / channels);
      }
      CHECK(places.size() == streams);
    }
  }
  constexpr uint32_t MOST = 0xffffffff;
  CHECK(StreamTable::Share{MOST, 12}.channelOf(MOST - 1) < 12);
  CHECK(StreamTable::Share{MOST, 1}.slots() == MOST);
}

TEST_CASE("slots at a regular distance are spread over all channels") {
  constexpr uint32_t USED = 1200;
  for (const uint32_t channels : {2U, 3U, 4U, 6U, 12U}) {
    for (uint32_t distance = 1; distance <= channels; ++distance) {
      if (channels % distance != 0) continue;
      const StreamTable::Share share{USED * distance, channels};
      std::vector<uint32_t> used(channels, 0);
      for (uint32_t i = 0; i < USED; ++i) ++used[share.channelOf(i * distance)];
      CAPTURE(channels);
      CAPTURE(distance);
      CHECK(*std::max_element(used.begin(), used.end()) == USED / channels);
    }
  }
}
