// SPDX-License-Identifier: Apache-2.0
#include "export/collector_address.h"

#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "coded_error.h"

namespace weir {

namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

std::vector<SocketAddress> addressesIn(const addrinfo* list) {
  std::vector<SocketAddress> addresses;
  for (; list != nullptr; list = list->ai_next) {
    SocketAddress& address = addresses.emplace_back();
    std::memcpy(&address.storage, list->ai_addr, list->ai_addrlen);
    address.lengthBytes = list->ai_addrlen;
  }
  return addresses;
}

/// The address that text stands for, without asking anyone; none for a name.
std::optional<SocketAddress> numericAddress(const std::string& text) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* list = nullptr;
  if (getaddrinfo(text.c_str(), nullptr, &hints, &list) != 0) return std::nullopt;
  const AddressList owner(list, freeaddrinfo);
  return addressesIn(list).front();
}

/// The family of an address that this machine can send from.
int checkSource(const std::string& source) {
  const auto address = numericAddress(source);
  if (address) {
    const Fd fd(socket(address->family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (bind(fd.get(), address->get(), address->lengthBytes) == 0) return address->family();
  }
  throw CodedError("WEIR_EXPORT_BAD_SOURCE", "cannot send from \"" + source +
                                                 "\", which is no address of this machine. " +
                                                 "Give one of its IPv4 or IPv6 addresses.");
}

}  // namespace

std::vector<SocketAddress> resolveCollector(const CollectorAddress& collector, int socketType,
                                            const std::string& source) {
  addrinfo hints{};
  hints.ai_socktype = socketType;
  if (!source.empty()) hints.ai_family = checkSource(source);
  addrinfo* list = nullptr;
  const int status =
      getaddrinfo(collector.host.c_str(), std::to_string(collector.port).c_str(), &hints, &list);
  if (status != 0) {
    const std::string from = source.empty() ? "" : ", reached from " + source;
    throw CodedError("WEIR_EXPORT_UNKNOWN_HOST",
                     "cannot resolve the collector's name \"" + collector.host + "\"" + from +
                         ": " + gai_strerror(status) + ". Check the name, or give an address.");
  }
  const AddressList owner(list, freeaddrinfo);
  return addressesIn(list);
}

Fd socketFrom(const SocketAddress& collector, int socketType, const std::string& source) {
  Fd fd(socket(collector.family(), socketType | SOCK_CLOEXEC, 0));
  if (!fd.valid() || source.empty()) return fd;
  const auto from = numericAddress(source);
  if (from && bind(fd.get(), from->get(), from->lengthBytes) == 0) return fd;
  return {};
}

}  // namespace weir
