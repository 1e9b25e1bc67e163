// SPDX-License-Identifier: Apache-2.0
#include "export/export_route.h"

#include "export/file_sender.h"
#include "export/tcp_channel.h"
#include "export/tls_channel.h"

namespace weir {

namespace {

/// A live capture cannot be had again: a probe that is started anew goes on where it left off. What
/// is read from a capture file can.
MessageFile::Begin beginningOf(SendMode mode) {
  return mode == SendMode::WAIT ? MessageFile::Begin::EMPTY : MessageFile::Begin::APPEND;
}

}  // namespace

void ExportRoute::prepare() {
  if (destination_.transport == ExportTransport::TLS)
    credentials_ = TlsCredentials::load(options_.tls);
  if (destination_.transport == ExportTransport::FILE) {
    files_ =
        std::make_shared<MessageFiles>(destination_.path, options_.rotateNs, beginningOf(mode_));
  }
}

std::unique_ptr<MessageSender> ExportRoute::makeSender() const {
  switch (destination_.transport) {
    case ExportTransport::UDP:
      return std::make_unique<DatagramSender>(destination_.collector, mode_, options_.datagram);
    case ExportTransport::FILE:
      return std::make_unique<FileSender>(files_);
    default:
      return std::make_unique<StreamSender>(
          AddressLookup(destination_.collector, options_.stream.source), mode_, options_.stream,
          channelFactory());
  }
}

ChannelFactory ExportRoute::channelFactory() const {
  const std::string source = options_.stream.source;
  if (destination_.transport == ExportTransport::TCP) {
    return [source](const SocketAddress& address) {
      return std::make_unique<TcpChannel>(address, source);
    };
  }
  return [source, host = destination_.collector.host,
          credentials = credentials_](const SocketAddress& address) {
    return std::make_unique<TlsChannel>(address, source, host, credentials);
  };
}

}  // namespace weir
