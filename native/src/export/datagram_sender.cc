// SPDX-License-Identifier: Apache-2.0
#include "export/datagram_sender.h"

#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "coded_error.h"

namespace weir {

namespace {

constexpr int SEND_BUFFER_BYTES = 4 << 20;

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

AddressList resolve(const CollectorAddress& collector) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* list = nullptr;
  const int status =
      getaddrinfo(collector.host.c_str(), std::to_string(collector.port).c_str(), &hints, &list);
  if (status != 0) {
    throw CodedError("WEIR_EXPORT_UNKNOWN_HOST",
                     "cannot resolve the collector's name \"" + collector.host +
                         "\": " + gai_strerror(status) + ". Check the name, or give an address.");
  }
  return {list, freeaddrinfo};
}

Fd connectTo(const addrinfo& address) {
  Fd fd(socket(address.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.valid() || connect(fd.get(), address.ai_addr, address.ai_addrlen) != 0) return Fd();
  setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &SEND_BUFFER_BYTES, sizeof SEND_BUFFER_BYTES);
  return fd;
}

}  // namespace

DatagramSender::DatagramSender(CollectorAddress collector, SendMode mode)
    : collector_(std::move(collector)), mode_(mode) {}

void DatagramSender::open() {
  const AddressList list = resolve(collector_);
  for (const addrinfo* address = list.get(); address != nullptr; address = address->ai_next) {
    socket_ = connectTo(*address);
    if (socket_.valid()) return;
  }
  throw CodedError("WEIR_EXPORT_UNREACHABLE", "no route to the collector " + collector_.host +
                                                  ": " + std::strerror(errno) +
                                                  ". Check the address and this machine's routes.");
}

bool DatagramSender::attempt(std::span<const uint8_t> datagram) {
  const int flags = mode_ == SendMode::NEVER_WAIT ? MSG_DONTWAIT : 0;
  return ::send(socket_.get(), datagram.data(), datagram.size(), flags) >= 0;
}

void DatagramSender::send(std::span<const uint8_t> message, const MessageContents& contents) {
  bool isSent = attempt(message);
  // ECONNREFUSED tells of an earlier datagram that met a closed port; this one was not sent yet.
  if (!isSent && errno == ECONNREFUSED) {
    ++counters_.unreachableMessages;
    isSent = attempt(message);
  }
  if (isSent) {
    noteSent(message.size());
  } else {
    noteFailed(contents);
  }
}

}  // namespace weir
