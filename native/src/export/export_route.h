// SPDX-License-Identifier: Apache-2.0
// How messages get to one export target, and what the lanes' senders to it share.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "export/collector_address.h"
#include "export/datagram_sender.h"
#include "export/message_file.h"
#include "export/message_sender.h"
#include "export/stream_sender.h"
#include "export/tls_credentials.h"

namespace weir {

enum class ExportTransport : uint8_t { UDP, TCP, TLS, FILE };

/// Where a target is.
struct ExportDestination {
  CollectorAddress collector;
  ExportTransport transport = ExportTransport::UDP;
  std::string path;  ///< of a file
};

/// The same for all targets.
struct TransportOptions {
  DatagramOptions datagram;
  StreamOptions stream;
  TlsOptions tls;
  int64_t rotateNs = 0;  ///< a new file after this, 0: one file
};

class ExportRoute {
 public:
  ExportRoute(ExportDestination destination, TransportOptions options, SendMode mode)
      : destination_(std::move(destination)), options_(std::move(options)), mode_(mode) {}

  /// Reads certificates; connects to nothing and creates no file. Throws CodedError.
  void prepare();

  /// A lane's own sender, after `prepare`.
  [[nodiscard]] std::unique_ptr<MessageSender> makeSender() const;

 private:
  [[nodiscard]] ChannelFactory channelFactory() const;

  ExportDestination destination_;
  TransportOptions options_;
  SendMode mode_;
  std::shared_ptr<const TlsCredentials> credentials_;
  std::shared_ptr<MessageFiles> files_;
};

}  // namespace weir
