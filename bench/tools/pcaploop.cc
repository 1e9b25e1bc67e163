// SPDX-License-Identifier: Apache-2.0
// pcaploop FILE: counts packets and octets in a bare libpcap loop, the limit for who reads by
// libpcap.
#include <pcap/pcap.h>

#include <array>
#include <cstdint>
#include <cstdio>

namespace {

struct Sum {
  uint64_t packets = 0;
  uint64_t octets = 0;
};

void count(uint8_t* user, const pcap_pkthdr* header, const uint8_t* /*data*/) {
  auto* sum = reinterpret_cast<Sum*>(user);
  ++sum->packets;
  sum->octets += header->len;
}

}  // namespace

int main(int argumentCount, char** values) {
  if (argumentCount != 2) {
    std::fputs("usage: pcaploop FILE\n", stderr);
    return 2;
  }
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  pcap_t* pcap = pcap_open_offline(values[1], error.data());
  if (pcap == nullptr) {
    std::fprintf(stderr, "pcaploop: %s\n", error.data());
    return 1;
  }
  Sum sum;
  const int result = pcap_loop(pcap, -1, count, reinterpret_cast<uint8_t*>(&sum));
  pcap_close(pcap);
  std::printf("{\"packets\":%lu,\"octets\":%lu}\n", sum.packets, sum.octets);
  return result == 0 ? 0 : 1;
}
