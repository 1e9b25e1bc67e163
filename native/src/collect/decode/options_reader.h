// SPDX-License-Identifier: Apache-2.0
// Options data: what an exporter tells about itself (RFC 3954 6, RFC 7011 4, RFC 6759 5, RFC 5477).
#pragma once

#include "collect/decode/exporter_table.h"
#include "collect/decode/record_writer.h"

namespace weir::collect {

class OptionsReader {
 public:
  OptionsReader(ExporterTable& exporters, DecodeCounters& counters)
      : exporters_(exporters), counters_(counters) {}

  /// Takes in all records of an options data set; returns how many there were.
  size_t read(const Template& form, const RecordSet& set);

 private:
  /// Octets of a field; none where the record lacks it.
  struct Value {
    const uint8_t* octets = nullptr;
    size_t length = 0;
    [[nodiscard]] uint64_t number() const;
    /// Of one line (toOneLine), whatever was told.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool isTold() const { return length > 0; }
  };

  void takeRecord(const Template& form, ExporterDomain& domain, const uint8_t* record);
  void takeApplication(ExporterDomain& domain);
  void takeNaming(ExporterDomain& domain);
  void takeInterface(ExporterDomain& domain);
  void takeSampling(ExporterDomain& domain);
  void takeStatistics(ExporterDomain& domain);
  [[nodiscard]] uint64_t intervalTold() const;
  [[nodiscard]] Value value(uint16_t element) const;

  ExporterTable& exporters_;
  DecodeCounters& counters_;
  std::vector<FieldPlace> places_;
  struct Told {
    uint16_t element;
    Value value;
  };
  /// Of the record at hand.
  std::vector<Told> told_;
};

}  // namespace weir::collect
