// SPDX-License-Identifier: Apache-2.0
#include "export/tls_credentials.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "coded_error.h"
#include "fd.h"

namespace weir {

namespace {

/// GnuTLS only says that a file could not be read, not why.
std::string whyUnreadable(const std::string& file) {
  const Fd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  return fd.valid() ? "" : std::string(std::strerror(errno));
}

/// Without the full stop that some of them end with: the sentence goes on.
std::string reasonText(int status) {
  std::string text = gnutls_strerror(status);
  while (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

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
  std::string reason = isSystem ? "" : whyUnreadable(authorityFile);
  if (reason.empty()) {
    reason = certificates < 0 ? reasonText(certificates) : "there is no certificate in it";
  }
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
  for (const std::string& file : {options.certificateFile, options.keyFile}) {
    const std::string reason = whyUnreadable(file);
    if (file.empty() || reason.empty()) continue;
    std::string message = "cannot read \"";
    message.append(file).append("\": ").append(reason);
    message.append(". Check the path and its rights; the probe's user must be able to read it.");
    throw CodedError("WEIR_EXPORT_BAD_CERTIFICATE", message);
  }
  throw CodedError("WEIR_EXPORT_BAD_CERTIFICATE",
                   "cannot use the certificate \"" + options.certificateFile +
                       "\" with the key \"" + options.keyFile + "\": " + reasonText(status) +
                       ". Give --export-cert and --export-key, PEM files that belong together.");
}

}  // namespace weir
