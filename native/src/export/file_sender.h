// SPDX-License-Identifier: Apache-2.0
// Messages of one lane into the files that all lanes share.
#pragma once

#include <memory>

#include "export/message_file.h"
#include "export/message_sender.h"

namespace weir {

/// Each file is a transport session: it begins with this lane's templates.
class FileSender final : public MessageSender {
 public:
  explicit FileSender(std::shared_ptr<MessageFiles> files) : files_(std::move(files)) {}

  /// Throws CodedError when the file cannot be written.
  void open() override { files_->open(); }

  [[nodiscard]] size_t maximumMessageBytes() const override { return STREAM_MESSAGE_BYTES; }
  [[nodiscard]] bool isReliable() const override { return true; }
  [[nodiscard]] uint64_t session() const override { return counters_.sessions; }
  void prepare() override;
  void send(std::span<const uint8_t> message, const MessageContents& contents) override;
  void tick(int64_t nowNs) override { nowNs_ = nowNs; }
  void close() override;

 private:
  std::shared_ptr<MessageFiles> files_;
  std::shared_ptr<MessageFile> file_;
  int64_t period_ = 0;
  int64_t nowNs_ = 0;
};

}  // namespace weir
