// SPDX-License-Identifier: Apache-2.0
// For unit tests only: what tshark reads in export datagrams.
#pragma once

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "collect/decode/test_messages.h"

namespace weir::collect::test {

/// A capture of raw IPv4 packets from 192.0.2.1 to UDP port 2055.
inline Octets captureOf(const std::vector<Octets>& datagrams) {
  const auto little = [](Octets& to, uint64_t value, size_t width) {
    for (size_t i = 0; i < width; ++i) to.push_back(static_cast<uint8_t>(value >> (8 * i)));
  };
  Octets capture;
  for (const uint64_t word : {0xa1b2c3d4U, 0x00040002U, 0U, 0U, 65535U, 101U})
    little(capture, word, 4);
  for (const Octets& datagram : datagrams) {
    const size_t length = datagram.size() + 28;
    for (const uint64_t word : {size_t{1'700'000'000}, size_t{0}, length, length})
      little(capture, word, 4);
    append(capture, bytes({{0x4500, 2}, {length, 2}, {0, 4}, {0x4011'0000, 4}}));
    append(capture, bytes({{0xc0000201, 4}, {0xc0000202, 4}, {2055, 2}, {2055, 2}}));
    append(capture, bytes({{datagram.size() + 8, 2}, {0, 2}}));
    append(capture, datagram);
  }
  return capture;
}

/// All values of one of tshark's fields, in the order of the records; empty without tshark.
inline std::vector<std::string> tsharkValues(const std::vector<Octets>& datagrams,
                                             const std::string& field) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("weir-referee-" + std::to_string(datagrams.size()) + "-" +
                     std::to_string(reinterpret_cast<uintptr_t>(&field)) + ".pcap");
  const Octets capture = captureOf(datagrams);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(capture.data()),
             static_cast<std::streamsize>(capture.size()));
  const std::string command = "tshark -r " + path.string() +
                              " -d udp.port==2055,cflow -T fields -E occurrence=a -e " + field +
                              " 2>/dev/null";
  std::string output;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::array<char, 4096> part;
  while (pipe && std::fgets(part.data(), part.size(), pipe.get()) != nullptr) output += part.data();
  std::filesystem::remove(path);
  std::vector<std::string> values;
  for (char& letter : output)
    if (letter == ',' || letter == '\n') letter = ' ';
  std::istringstream words(output);
  for (std::string word; words >> word;) values.push_back(word);
  return values;
}

}  // namespace weir::collect::test
