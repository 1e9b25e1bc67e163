// SPDX-License-Identifier: Apache-2.0
// Whom an exporter trusts, and who it says it is (RFC 7011 11.3: both sides may ask).
#pragma once

#include <gnutls/gnutls.h>

#include <memory>
#include <string>
#include <type_traits>

namespace weir {

struct TlsOptions {
  std::string authorityFile;    ///< PEM, who may vouch for the collector; "": the system's
  std::string certificateFile;  ///< PEM, the exporter's own, with its chain; "": none
  std::string keyFile;          ///< PEM
};

/// Read once, then shared by all lanes' connections to a collector.
class TlsCredentials {
 public:
  /// Throws CodedError when a file cannot be read or does not hold what it should.
  static std::shared_ptr<const TlsCredentials> load(const TlsOptions& options);

  [[nodiscard]] gnutls_certificate_credentials_t get() const { return credentials_.get(); }

 private:
  struct Free {
    void operator()(gnutls_certificate_credentials_t credentials) const {
      gnutls_certificate_free_credentials(credentials);
    }
  };

  TlsCredentials();
  void trust(const std::string& authorityFile);
  void identify(const TlsOptions& options);

  std::unique_ptr<std::remove_pointer_t<gnutls_certificate_credentials_t>, Free> credentials_;
};

}  // namespace weir
