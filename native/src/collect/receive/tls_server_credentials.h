// SPDX-License-Identifier: Apache-2.0
// Who the collector says it is to exporters over TLS, and whom it trusts (RFC 7011 11.3). Immutable
// once loaded: any thread.
#pragma once

#include <gnutls/gnutls.h>

#include <memory>
#include <string>
#include <type_traits>

namespace weir::collect {

struct TlsFiles {
  std::string certificateFile;  ///< PEM, with its chain
  std::string keyFile;          ///< PEM
  std::string
      clientAuthorityFile;  ///< PEM, who may vouch for exporters; "": none need to say who they are
};

class TlsServerCredentials {
 public:
  /// Throws CodedError WEIR_COLLECTOR_IPFIX_TLS when a file cannot be read or does not hold what it
  /// should.
  static std::shared_ptr<const TlsServerCredentials> load(const TlsFiles& files);

  [[nodiscard]] gnutls_certificate_credentials_t get() const { return credentials_.get(); }
  [[nodiscard]] bool wantsClientCertificate() const noexcept { return wantsClientCertificate_; }

 private:
  struct Free {
    void operator()(gnutls_certificate_credentials_t credentials) const {
      gnutls_certificate_free_credentials(credentials);
    }
  };

  explicit TlsServerCredentials(const TlsFiles& files);
  void identify(const TlsFiles& files);
  void trust(const std::string& authorityFile);

  std::unique_ptr<std::remove_pointer_t<gnutls_certificate_credentials_t>, Free> credentials_;
  bool wantsClientCertificate_ = false;
};

}  // namespace weir::collect
