// SPDX-License-Identifier: Apache-2.0
#include "export/tls_credentials.h"

#include <new>

#include "coded_error.h"

namespace weir {

TlsCredentials::TlsCredentials() {
  gnutls_certificate_credentials_t credentials = nullptr;
  if (gnutls_certificate_allocate_credentials(&credentials) < 0) throw std::bad_alloc();
  credentials_.reset(credentials);
}

std::shared_ptr<const TlsCredentials> TlsCredentials::load(const TlsOptions& options) {
  const std::shared_ptr<TlsCredentials> credentials(new TlsCredentials);
  credentials->trust(options.authorityFile);
  if (!options.certificateFile.empty() || !options.keyFile.empty()) credentials->identify(options);
  return credentials;
}

void TlsCredentials::trust(const std::string& authorityFile) {
  const bool isSystem = authorityFile.empty();
  const int certificates = isSystem ? gnutls_certificate_set_x509_system_trust(get())
                                    : gnutls_certificate_set_x509_trust_file(
                                          get(), authorityFile.c_str(), GNUTLS_X509_FMT_PEM);
  if (certificates > 0) return;
  const std::string reason =
      certificates < 0 ? gnutls_strerror(certificates) : "there is no certificate in it";
  throw CodedError("WEIR_EXPORT_BAD_CA",
                   isSystem ? "this machine has no certificate authorities (" + reason +
                                  "). Install ca-certificates, or give --export-ca FILE."
                            : "cannot read certificate authorities from " + authorityFile + ": " +
                                  reason + ". Give a PEM file.");
}

void TlsCredentials::identify(const TlsOptions& options) {
  const int status = gnutls_certificate_set_x509_key_file2(get(), options.certificateFile.c_str(),
                                                           options.keyFile.c_str(),
                                                           GNUTLS_X509_FMT_PEM, nullptr, 0);
  if (status >= 0) return;
  throw CodedError("WEIR_EXPORT_BAD_CERTIFICATE",
                   "cannot use the certificate \"" + options.certificateFile +
                       "\" with the key \"" + options.keyFile + "\": " + gnutls_strerror(status) +
                       ". Give --export-cert and --export-key, PEM files that belong together.");
}

}  // namespace weir
