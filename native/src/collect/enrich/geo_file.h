// SPDX-License-Identifier: Apache-2.0
// A file in the MaxMind DB format (GeoLite2, DB-IP, IPinfo): what it says about an address.
// Immutable once open; any number of threads.
#pragma once

#include <maxminddb.h>

#include <cstdint>
#include <memory>
#include <string>

#include "collect/columns/flow_columns.h"

namespace weir::collect {

/// What one record of a file tells; empty and 0 where it does not.
struct GeoFacts {
  std::string country;  ///< ISO 3166, two letters
  uint32_t asNumber = 0;
  std::string asName;
};

class GeoFile {
 public:
  /// Reads the whole file: one that is overwritten while it is mapped would end the process.
  /// Throws CodedError WEIR_COLLECT_GEO_FILE when it cannot be read or is no such file.
  static std::shared_ptr<const GeoFile> open(const std::string& path);

  GeoFile(const GeoFile&) = delete;
  GeoFile& operator=(const GeoFile&) = delete;
  ~GeoFile();

  /// Where the record lies that holds for the address; many addresses share one. 0: there is none,
  /// also where the file is damaged.
  [[nodiscard]] uint32_t recordOf(const Address& address) const noexcept;

  /// `record` is one that recordOf gave.
  [[nodiscard]] GeoFacts factsOf(uint32_t record) const;

 private:
  GeoFile() = default;

  MMDB_s database_{};
  bool isOpen_ = false;
};

}  // namespace weir::collect
