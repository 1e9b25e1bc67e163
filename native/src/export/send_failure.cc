// SPDX-License-Identifier: Apache-2.0
#include "export/send_failure.h"

#include <gnutls/gnutls.h>

#include <array>
#include <cstring>

namespace weir {

namespace {

constexpr std::array<const char*, static_cast<size_t>(FailureReason::COUNT)> REASON_NAMES{
    "bufferFull", "notConnected", "connectionLost", "tooLong", "systemError"};

std::string certificateText(unsigned status) {
  gnutls_datum_t text{nullptr, 0};
  if (gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) < 0) {
    return "the collector's certificate is not trusted";
  }
  std::string sentence(reinterpret_cast<const char*>(text.data), text.size);
  gnutls_free(text.data);
  while (!sentence.empty() && (sentence.back() == ' ' || sentence.back() == '.')) {
    sentence.pop_back();
  }
  return sentence;
}

std::string alertText(gnutls_alert_description_t alert) {
  const char* const name = gnutls_alert_get_name(alert);
  return std::string("the collector refused: ") + (name != nullptr ? name : "unknown alert");
}

}  // namespace

const char* failureReasonName(FailureReason reason) {
  return REASON_NAMES[static_cast<size_t>(reason)];
}

std::string SendFailure::text() const {
  switch (origin) {
    case Origin::NONE:
      return "";
    case Origin::PEER_CLOSED:
      return "the collector closed the connection";
    case Origin::CERTIFICATE:
      return certificateText(code);
    case Origin::TLS_ALERT:
      return alertText(static_cast<gnutls_alert_description_t>(code));
    case Origin::TLS:
      return gnutls_strerror(-static_cast<int>(code));
    default:
      return std::strerror(static_cast<int>(code));
  }
}

}  // namespace weir
