// SPDX-License-Identifier: Apache-2.0
// maketrace mixed OUT FLOWS SPAN_SECONDS CAPTURE...
// maketrace small OUT FLOWS ROUNDS SPAN_SECONDS
// maketrace heads OUT FLOWS SEGMENTS SEGMENT_OCTETS
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <vector>

#include "traces.h"

namespace {

int usage() {
  std::fputs(
      "usage: maketrace mixed OUT FLOWS SPAN_SECONDS CAPTURE...\n"
      "       maketrace small OUT FLOWS ROUNDS SPAN_SECONDS\n"
      "       maketrace heads OUT FLOWS SEGMENTS SEGMENT_OCTETS\n",
      stderr);
  return 2;
}

int run(std::span<const std::string> words) {
  if (words.size() >= 5 && words[0] == "mixed") {
    bench::makeMixedTrace({.path = words[1],
                           .flows = std::stoull(words[2]),
                           .spanSeconds = std::stoull(words[3]),
                           .captures = {words.begin() + 4, words.end()}});
    return 0;
  }
  if (words.size() == 5 && words[0] == "small") {
    bench::makeSmallTrace({.path = words[1],
                           .flows = static_cast<uint32_t>(std::stoul(words[2])),
                           .rounds = static_cast<uint32_t>(std::stoul(words[3])),
                           .spanSeconds = std::stoull(words[4])});
    return 0;
  }
  if (words.size() == 5 && words[0] == "heads") {
    bench::makeHeadsTrace({.path = words[1],
                           .flows = static_cast<uint32_t>(std::stoul(words[2])),
                           .segments = static_cast<uint32_t>(std::stoul(words[3])),
                           .segmentOctets = static_cast<uint32_t>(std::stoul(words[4]))});
    return 0;
  }
  return usage();
}

}  // namespace

int main(int count, char** values) {
  try {
    const std::vector<std::string> words(values + 1, values + count);
    return run(words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "maketrace: %s\n", error.what());
    return 1;
  }
}
