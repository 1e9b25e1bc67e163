// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "defective.h"

namespace defective {
namespace {

constexpr std::pair<std::string_view, Defect> NAMES[] = {
    {"any-version", Defect::ANY_VERSION},
    {"short-table", Defect::SHORT_TABLE},
    {"fields-ignored", Defect::FIELDS_IGNORED},
    {"approximate", Defect::APPROXIMATE},
    {"choosy", Defect::CHOOSY},
    {"late", Defect::LATE},
    {"far-late", Defect::FAR_LATE},
    {"offsets-cut", Defect::OFFSETS_CUT},
    {"unsorted", Defect::UNSORTED},
    {"twice", Defect::TWICE},
    {"uncounted", Defect::UNCOUNTED},
    {"completions-swapped", Defect::COMPLETIONS_SWAPPED},
    {"jobs-apart", Defect::JOBS_APART},
    {"always-end", Defect::ALWAYS_END},
    {"far-end-ignored", Defect::FAR_END_IGNORED},
    {"generation-ignored", Defect::GENERATION_IGNORED},
    {"generation-cut", Defect::GENERATION_CUT},
    {"close-ignored", Defect::CLOSE_IGNORED},
    {"slots-folded", Defect::SLOTS_FOLDED},
    {"activation-ignored", Defect::ACTIVATION_IGNORED},
    {"deeper", Defect::DEEPER},
    {"hoards", Defect::HOARDS},
    {"reads-beyond", Defect::READS_BEYOND},
    {"reads-late", Defect::READS_LATE},
    {"job-lost", Defect::JOB_LOST},
    {"flags-ignored", Defect::FLAGS_IGNORED},
    {"memory-unwatched", Defect::MEMORY_UNWATCHED},
    {"state-lost", Defect::STATE_LOST},
    {"damage-ignored", Defect::DAMAGE_IGNORED},
    {"databases-kept", Defect::DATABASES_KEPT},
    {"quiet-fd", Defect::QUIET_FD},
    {"poll-waits", Defect::POLL_WAITS},
    {"submit-waits", Defect::SUBMIT_WAITS},
    {"waits-for-room", Defect::WAITS_FOR_ROOM},
    {"exhausted-too-soon", Defect::EXHAUSTED_TOO_SOON},
};

}  // namespace

Defect defectWanted() {
  const char* wanted = std::getenv("NCORE_DEFECT");
  if (wanted == nullptr) return Defect::NONE;
  for (const auto& [name, defect] : NAMES) {
    if (name == wanted) return defect;
  }
  std::fprintf(stderr, "NCORE_DEFECT: no such defect: %s\n", wanted);
  std::abort();
}

}  // namespace defective
