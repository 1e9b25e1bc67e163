// SPDX-License-Identifier: Apache-2.0
#include "collect/receive/tls_server_credentials.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "coded_error.h"
#include "fd.h"

namespace weir::collect {

namespace {

[[noreturn]] void fail(const std::string& detail) {
  throw CodedError("WEIR_COLLECTOR_IPFIX_TLS", detail);
}

/// GnuTLS only says that a file could not be read, not why.
void requireReadable(const std::string& file) {
  const Fd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.valid()) return;
  fail("cannot read \"" + file + "\": " + std::strerror(errno) + "; check the path and its rights");
}

}  // namespace

TlsServerCredentials::TlsServerCredentials(const TlsFiles& files)
    : wantsClientCertificate_(!files.clientAuthorityFile.empty()) {
  gnutls_certificate_credentials_t credentials = nullptr;
  if (gnutls_certificate_allocate_credentials(&credentials) < 0) throw std::bad_alloc();
  credentials_.reset(credentials);
  identify(files);
  if (wantsClientCertificate_) trust(files.clientAuthorityFile);
}

std::shared_ptr<const TlsServerCredentials> TlsServerCredentials::load(const TlsFiles& files) {
  return std::shared_ptr<const TlsServerCredentials>(new TlsServerCredentials(files));
}

void TlsServerCredentials::identify(const TlsFiles& files) {
  requireReadable(files.certificateFile);
  requireReadable(files.keyFile);
  const int status = gnutls_certificate_set_x509_key_file2(
      get(), files.certificateFile.c_str(), files.keyFile.c_str(), GNUTLS_X509_FMT_PEM, nullptr, 0);
  if (status >= 0) return;
  fail("cannot use the certificate \"" + files.certificateFile + "\" with the key \"" +
       files.keyFile + "\": " + gnutls_strerror(status) +
       " Give --listen-tls-cert and --listen-tls-key PEM files that belong together");
}

void TlsServerCredentials::trust(const std::string& authorityFile) {
  requireReadable(authorityFile);
  const int certificates =
      gnutls_certificate_set_x509_trust_file(get(), authorityFile.c_str(), GNUTLS_X509_FMT_PEM);
  if (certificates > 0) return;
  fail("there is no certificate in \"" + authorityFile + "\"; give a PEM file of the authority " +
       "that vouches for exporters");
}

}  // namespace weir::collect
