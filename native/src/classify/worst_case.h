// SPDX-License-Identifier: Apache-2.0
// What a pattern costs at its worst, measured before it comes near a packet: a regex whose
// automaton has hundreds of states alive at once makes every octet of a flow dear, and whoever
// knows of it can send such octets. Used while signatures are loaded.
#pragma once

#include <string>
#include <vector>

#include "classify/hyperscan_handles.h"
#include "classify/signature.h"

namespace weir {

struct WorstCase {
  double nsPerOctet = 0;    ///< over the data that keeps it busiest
  double timesLiteral = 0;  ///< the same, in units of what eight letters cost on this machine
};

/// One thread, with the patterns of one set.
class WorstCaseMeter {
 public:
  /// Of l7-filter's patterns the dearest costs about 130 times what a literal does, of Weir's own
  /// 30, of hundreds made at random 330; a.{200}b costs from 650 on.
  static constexpr double TIMES_LITERAL_MAX = 450;

  WorstCaseMeter();

  /// `database` is the pattern alone, in block mode; one that looks dear is measured as a stream in
  /// pieces, too. The data start like the pattern and go on with octets that it names or with
  /// random ones, each as long as a direction's budget. They are no proof: what is worse than the
  /// worst of them is still bounded by the budget.
  WorstCase measure(const Pattern& pattern, const hs_database_t* database);

  /// Throws SignatureError WEIR_SIGNATURE_TOO_COSTLY, when a second measurement confirms it.
  void check(const Pattern& pattern, const hs_database_t* database);

 private:
  void calibrate();
  double nsPerOctet(const hs_database_t* database, hs_stream_t* stream, const std::string& block);
  double worst(const std::vector<std::string>& blocks, const hs_database_t* database,
               hs_stream_t* stream);

  HsScratchPtr scratch_;
  double literalNsPerOctet_ = 0;
  std::vector<std::string> noise_;  ///< what every pattern is measured over
};

}  // namespace weir
