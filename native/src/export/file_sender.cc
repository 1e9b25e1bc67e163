// SPDX-License-Identifier: Apache-2.0
#include "export/file_sender.h"

#include <cerrno>

namespace weir {

void FileSender::prepare() {
  const int64_t period = files_->periodOf(nowNs_);
  if (file_ && period == period_) return;
  file_ = files_->fileAt(nowNs_);
  counters_.connected = file_ ? 1 : 0;
  if (!file_) return noteFailure(SendFailure::system(errno));
  period_ = period;
  ++counters_.sessions;
}

void FileSender::send(std::span<const uint8_t> message, const MessageContents& contents) {
  if (!file_) return noteFailed(contents, FailureReason::SYSTEM_ERROR);
  const int error = file_->write(message);
  if (error == 0) return noteSent(message.size(), contents);
  noteFailed(contents, FailureReason::SYSTEM_ERROR);
  noteFailure(SendFailure::system(error));
}

void FileSender::close() {
  file_.reset();
  counters_.connected = 0;
}

}  // namespace weir
