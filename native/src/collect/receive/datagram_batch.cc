// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/datagram_batch.h"

#include <cerrno>
#include <cstring>
#include <ctime>

#include "collect/receive/socket_address.h"

namespace weir::collect {

namespace {

int64_t millisecondsOf(const timespec& time) {
  return int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

}  // namespace

DatagramBatch::DatagramBatch() : octets_(new uint8_t[MOST_DATAGRAMS * MOST_OCTETS]) {}

void DatagramBatch::prepare(size_t index) {
  pieces_[index] = {&octets_[index * MOST_OCTETS], MOST_OCTETS};
  msghdr& header = headers_[index].msg_hdr;
  header = {};
  header.msg_name = &peers_[index];
  header.msg_namelen = sizeof peers_[index];
  header.msg_iov = &pieces_[index];
  header.msg_iovlen = 1;
  header.msg_control = &controls_[index];
  header.msg_controllen = sizeof controls_[index];
}

size_t DatagramBatch::receive(int socket) {
  for (size_t i = 0; i < used_; ++i) prepare(i);
  int count = 0;
  do {
    count = recvmmsg(socket, headers_.data(), MOST_DATAGRAMS, MSG_DONTWAIT, nullptr);
  } while (count < 0 && errno == EINTR);
  used_ = count > 0 ? static_cast<size_t>(count) : 0;
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  nowMilliseconds_ = millisecondsOf(now);
  return used_;
}

/// The kernel's time of arrival; it does not stamp what came before the socket asked for it.
int64_t DatagramBatch::receivedMilliseconds(size_t index) const {
  const auto* const message = reinterpret_cast<const cmsghdr*>(&controls_[index]);
  const msghdr& header = headers_[index].msg_hdr;
  const bool isStamped = header.msg_controllen >= sizeof controls_[index] &&
                         message->cmsg_level == SOL_SOCKET && message->cmsg_type == SCM_TIMESTAMPNS;
  if (!isStamped) return nowMilliseconds_;
  timespec time{};
  std::memcpy(&time, CMSG_DATA(message), sizeof time);
  return millisecondsOf(time);
}

DatagramView DatagramBatch::operator[](size_t index) const {
  DatagramView view;
  view.octets = {&octets_[index * MOST_OCTETS], headers_[index].msg_len};
  view.exporterAddress = addressOf(peers_[index]);
  view.exporterPort = portOf(peers_[index]);
  view.receivedMilliseconds = receivedMilliseconds(index);
  return view;
}

}  // namespace weir::collect
