// SPDX-License-Identifier: Apache-2.0
// payloadstreams CAPTURE FILE STREAM_OCTETS STREAMS: writes the first octets of directions of
// flows, one behind the other, so many of each direction that has as many within what a classifier
// looks at. Prints how many streams it wrote.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "payload_heads.h"

namespace {

using bench::HeadPiece;
using bench::PayloadHeads;

size_t writeStreams(const PayloadHeads& heads, std::ofstream& output, size_t streamOctets,
                    size_t streams) {
  std::vector<std::string> directions(heads.flows.size() * 2);
  size_t written = 0;
  for (const HeadPiece& piece : heads.pieces) {
    std::string& octets = directions[piece.flow * 2 + static_cast<size_t>(piece.side)];
    const bool wasWhole = octets.size() >= streamOctets;
    if (wasWhole || written == streams) continue;
    octets.append(reinterpret_cast<const char*>(piece.octets), piece.headBytes);
    if (octets.size() < streamOctets) continue;
    output.write(octets.data(), static_cast<std::streamsize>(streamOctets));
    ++written;
  }
  return written;
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) {
    std::fputs("usage: payloadstreams CAPTURE FILE STREAM_OCTETS STREAMS\n", stderr);
    return 2;
  }
  try {
    std::ofstream output(words[2], std::ios::binary);
    const PayloadHeads heads = bench::readPayloadHeads(words[1]);
    const size_t written = writeStreams(heads, output, std::stoul(words[3]), std::stoul(words[4]));
    output.close();
    if (!output) throw std::runtime_error(std::string("cannot write ") + words[2]);
    std::printf("%zu\n", written);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "payloadstreams: %s\n", error.what());
    return 1;
  }
  return 0;
}
