// SPDX-License-Identifier: Apache-2.0
#include "collect/enrich/geo_file.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <initializer_list>

#include "coded_error.h"
#include "collect/enrich/address_prefix.h"
#include "fd.h"

namespace weir::collect {

namespace {

[[noreturn]] void throwUnusable(const std::string& path, const std::string& why) {
  throw CodedError(
      "WEIR_COLLECT_GEO_FILE",
      "cannot use " + path + ": " + why +
          ". Give a file in the MaxMind DB format (.mmdb) that the collector may read.");
}

/// A copy in memory that has a name as a file has.
Fd copied(const std::string& path) {
  const Fd from(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!from.valid() || fstat(from.get(), &status) != 0) throwUnusable(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) throwUnusable(path, "it is no file");
  Fd copy(::memfd_create("weir-geo", MFD_CLOEXEC));
  if (!copy.valid()) throwUnusable(path, std::strerror(errno));
  while (true) {
    const ssize_t moved = ::sendfile(copy.get(), from.get(), nullptr, size_t{1} << 30);
    if (moved == 0) return copy;
    if (moved < 0 && errno != EINTR) throwUnusable(path, std::strerror(errno));
  }
}

using Path = std::initializer_list<const char*>;

bool find(MMDB_entry_s entry, Path path, uint32_t type, MMDB_entry_data_s& data) {
  const char* keys[4] = {};
  std::copy(path.begin(), path.end(), keys);
  return MMDB_aget_value(&entry, &data, keys) == MMDB_SUCCESS && data.has_data && data.type == type;
}

/// The first of several places that holds a text.
std::string textAt(const MMDB_entry_s& entry, std::initializer_list<Path> paths) {
  MMDB_entry_data_s data;
  for (const Path& path : paths)
    if (find(entry, path, MMDB_DATA_TYPE_UTF8_STRING, data))
      return {data.utf8_string, data.data_size};
  return {};
}

/// A number, or a text as "AS64500".
uint32_t asNumberAt(const MMDB_entry_s& entry) {
  MMDB_entry_data_s data;
  for (const char* key : {"autonomous_system_number", "asn"}) {
    if (find(entry, {key}, MMDB_DATA_TYPE_UINT32, data)) return data.uint32;
    if (find(entry, {key}, MMDB_DATA_TYPE_UINT16, data)) return data.uint16;
  }
  const std::string text = textAt(entry, {{"asn"}});
  uint32_t number = 0;
  if (text.starts_with("AS")) std::from_chars(text.data() + 2, text.data() + text.size(), number);
  return number;
}

}  // namespace

std::shared_ptr<const GeoFile> GeoFile::open(const std::string& path) {
  const Fd copy = copied(path);
  const std::shared_ptr<GeoFile> file(new GeoFile);
  const std::string name = "/proc/self/fd/" + std::to_string(copy.get());
  const int status = MMDB_open(name.c_str(), MMDB_MODE_MMAP, &file->database_);
  if (status != MMDB_SUCCESS) throwUnusable(path, MMDB_strerror(status));
  file->isOpen_ = true;
  return file;
}

GeoFile::~GeoFile() {
  if (isOpen_) MMDB_close(&database_);
}

uint32_t GeoFile::recordOf(const Address& address) const noexcept {
  sockaddr_storage storage{};
  if (isMappedIpv4(address)) {
    auto& ipv4 = reinterpret_cast<sockaddr_in&>(storage);
    ipv4.sin_family = AF_INET;
    std::memcpy(&ipv4.sin_addr, address.data() + MAPPED_BITS / 8, sizeof ipv4.sin_addr);
  } else {
    auto& ipv6 = reinterpret_cast<sockaddr_in6&>(storage);
    ipv6.sin6_family = AF_INET6;
    std::memcpy(&ipv6.sin6_addr, address.data(), address.size());
  }
  int error = MMDB_SUCCESS;
  const MMDB_lookup_result_s result =
      MMDB_lookup_sockaddr(&database_, reinterpret_cast<const sockaddr*>(&storage), &error);
  // Offsets begin with the data section, whose first record has 0.
  return error == MMDB_SUCCESS && result.found_entry ? result.entry.offset + 1 : 0;
}

GeoFacts GeoFile::factsOf(uint32_t record) const {
  if (record == 0) return {};
  const MMDB_entry_s entry{&database_, record - 1};
  return {.country = textAt(entry, {{"country", "iso_code"},
                                    {"registered_country", "iso_code"},
                                    {"country_code"},
                                    {"country"}}),
          .asNumber = asNumberAt(entry),
          .asName = textAt(entry, {{"autonomous_system_organization"}, {"as_name"}, {"name"}})};
}

}  // namespace weir::collect
