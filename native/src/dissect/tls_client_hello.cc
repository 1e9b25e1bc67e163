// SPDX-License-Identifier: Apache-2.0
#include "dissect/tls_client_hello.h"

#include <algorithm>
#include <vector>

#include "dissect/client_hello_body.h"

namespace weir {
namespace {

/// The octets of the handshake that a stream's records carry.
class RecordReader {
 public:
  explicit RecordReader(std::span<const uint8_t> stream) : rest_(stream) {}

  /// The next record's content; of the last one perhaps only the start. COMPLETE as long as there
  /// is any.
  Reading next(std::span<const uint8_t>& content) {
    constexpr size_t HEADER_BYTES = 5;
    constexpr size_t CONTENT_BYTES_MAX = 1U << 14U;
    if (!looksSound()) return Reading::NOT_THIS;
    if (rest_.size() < HEADER_BYTES) return Reading::NEEDS_MORE;
    const size_t bytes = static_cast<size_t>(rest_[3]) << 8U | rest_[4];
    if (bytes == 0 || bytes > CONTENT_BYTES_MAX) return Reading::NOT_THIS;
    content = rest_.subspan(HEADER_BYTES);
    content = content.first(std::min(bytes, content.size()));
    rest_ = rest_.subspan(HEADER_BYTES + content.size());
    return content.empty() ? Reading::NEEDS_MORE : Reading::COMPLETE;
  }

 private:
  /// RFC 8446 5.1: type and version, as far as they are there.
  [[nodiscard]] bool looksSound() const {
    if (!rest_.empty() && rest_[0] != HANDSHAKE_RECORD) return false;
    if (rest_.size() > 1 && rest_[1] != 3) return false;
    return rest_.size() <= 2 || rest_[2] <= 4;
  }

  std::span<const uint8_t> rest_;
};

/// A hello that goes on in further records, put together.
Reading readSpanning(RecordReader records, std::span<const uint8_t> first, ClientHello& hello) {
  std::vector<uint8_t> message(first.begin(), first.end());
  while (message.size() < handshakeMessageBytes(message)) {
    std::span<const uint8_t> content;
    const Reading record = records.next(content);
    if (record == Reading::NOT_THIS) {
      hello = {};
      return record;
    }
    if (record == Reading::NEEDS_MORE) break;
    message.insert(message.end(), content.begin(), content.end());
  }
  return readClientHelloMessage(message, HelloCarrier::TLS, hello);
}

}  // namespace

Reading readTlsClientHello(std::span<const uint8_t> stream, ClientHello& hello) {
  hello = {};
  RecordReader records(stream);
  std::span<const uint8_t> first;
  const Reading reading = records.next(first);
  if (reading != Reading::COMPLETE) return reading;
  const Reading message = readClientHelloMessage(first, HelloCarrier::TLS, hello);
  return message == Reading::NEEDS_MORE ? readSpanning(records, first, hello) : message;
}

}  // namespace weir
