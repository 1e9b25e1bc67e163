// SPDX-License-Identifier: Apache-2.0
// Planted defects, to see that the suite finds them: a layer over a sound implementation's table
// that spoils one thing. Tests only.
#pragma once

#include <string_view>

namespace defective {

enum class Defect {
  NONE,
  ANY_VERSION,          // ncoreGetApi says yes to every version
  SHORT_TABLE,          // the last function is not in it
  FIELDS_IGNORED,       // reserved ones of queues and polls, and those of later versions
  APPROXIMATE,          // '.' matches line feeds
  CHOOSY,               // only plain words are accepted, the rest is called too large
  LATE,                 // the end of a match is told a byte late
  FAR_LATE,             // so is that of a match beyond 1000 bytes
  OFFSETS_CUT,          // to 24 bits
  UNSORTED,             // events of a poll in reverse
  TWICE,                // the last event of a poll comes again
  UNCOUNTED,            // eventCount is one short
  COMPLETIONS_SWAPPED,  // the first two of a poll
  JOBS_APART,           // streams begin anew with each job
  ALWAYS_END,           // the end of data is tested at each job
  FAR_END_IGNORED,      // the end of data is not tested beyond 1000 bytes
  GENERATION_IGNORED,   // any generation will do
  GENERATION_CUT,       // to 8 bits
  CLOSE_IGNORED,        // closed streams go on
  SLOTS_FOLDED,         // slots beyond 65536 are those below
  ACTIVATION_IGNORED,   // of any but the first database
  DEEPER,               // more jobs in flight than the depth
  HOARDS,               // a job submitted alone waits for the next submit
  READS_BEYOND,         // a byte more than the job has
  READS_LATE,           // a byte of a job after its queue was closed
  JOB_LOST,             // the last of a batch is accepted and not done
  FLAGS_IGNORED,        // unknown ones
  MEMORY_UNWATCHED,     // registered memory is given back under jobs in flight
  STATE_LOST,           // an imported stream begins anew
  DAMAGE_IGNORED,       // damaged databases are taken for empty ones
  DATABASES_KEPT,       // freed ones are not
  QUIET_FD,             // the descriptor is never readable
  POLL_WAITS,           // for a while when there is nothing
  SUBMIT_WAITS,         // for a while
  WAITS_FOR_ROOM,       // for a while
  EXHAUSTED_TOO_SOON,   // every stream is called exhausted
};

// Of the environment variable NCORE_DEFECT; NONE without it. Ends the process for unknown names.
Defect defectWanted();

}  // namespace defective
