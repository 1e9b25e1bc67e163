// SPDX-License-Identifier: Apache-2.0
#include "dissect/dtls_hello.h"

#include "dissect/client_hello_body.h"

namespace weir {
namespace {

constexpr size_t DATAGRAM_BYTES_MAX = 65535;  // the capture may have cut it
constexpr size_t RECORD_SEQUENCE_BYTES = 6;

bool isDtlsVersion(uint32_t version) {
  return version == 0xfeff || version == 0xfefd || version == OPENSSL_DTLS_VERSION;
}

}  // namespace

Reading DtlsHelloReader::add(std::span<const uint8_t> datagram) {
  if (reading_ != Reading::NEEDS_MORE) return reading_;
  reading_ = readDatagram(datagram);
  if (reading_ == Reading::NOT_THIS) hello_ = {};
  return reading_;
}

Reading DtlsHelloReader::readDatagram(std::span<const uint8_t> datagram) {
  PartialReader reader(datagram, DATAGRAM_BYTES_MAX);
  Reading records = Reading::COMPLETE;
  while (records == Reading::COMPLETE && !reader.rest().empty()) records = takeRecord(reader);
  if (!hasBegun_) return records == Reading::COMPLETE ? Reading::NEEDS_MORE : records;
  return readClientHelloBody(
      {.octets = stream_.contiguous(), .lengthBytes = bodyBytes_, .carrier = HelloCarrier::DTLS},
      hello_);
}

/// COMPLETE when another may follow.
Reading DtlsHelloReader::takeRecord(PartialReader& datagram) {
  const uint32_t type = datagram.integer(1);
  const uint32_t version = datagram.integer(2);
  const uint32_t epoch = datagram.integer(2);
  datagram.take(RECORD_SEQUENCE_BYTES);
  const PartialReader record = datagram.partialVector(2);
  if (!datagram.isSound()) return datagram.reading();
  if (type != HANDSHAKE_RECORD || !isDtlsVersion(version) || epoch != 0) return Reading::NOT_THIS;
  return takeFragments(record);
}

/// More stands between type and body than in TLS (RFC 6347 4.2.2).
Reading DtlsHelloReader::takeFragments(PartialReader record) {
  do {
    const uint32_t type = record.integer(1);
    const size_t bodyBytes = record.integer(3);
    const uint32_t messageSequence = record.integer(2);
    const size_t offset = record.integer(3);
    const PartialReader fragment = record.partialVector(3);
    if (!record.isSound()) return record.reading();
    if (type != CLIENT_HELLO_TYPE || bodyBytes > CLIENT_HELLO_BYTES_MAX ||
        offset + fragment.remainingBytes() > bodyBytes)
      return Reading::NOT_THIS;
    take({messageSequence, bodyBytes, offset, fragment.rest()});
  } while (record.remainingBytes() > 0);
  return Reading::COMPLETE;
}

void DtlsHelloReader::take(const Fragment& fragment) {
  if (!hasBegun_ || fragment.messageSequence > messageSequence_) {
    hasBegun_ = true;
    messageSequence_ = fragment.messageSequence;
    bodyBytes_ = fragment.bodyBytes;
    stream_ = {};
  }
  const bool isOfHello =
      fragment.messageSequence == messageSequence_ && fragment.bodyBytes == bodyBytes_;
  if (isOfHello) stream_.add(fragment.offset, fragment.octets);
}

}  // namespace weir
