// SPDX-License-Identifier: Apache-2.0
// Owners of what Hyperscan allocates.
#pragma once

#include <hs/hs.h>

#include <memory>

namespace hyperscan_device {

struct HsFree {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
  void operator()(hs_compile_error_t* error) const { hs_free_compile_error(error); }
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
  // Without a callback the end of the stream is not looked at, and no scratch is needed.
  void operator()(hs_stream_t* stream) const { hs_close_stream(stream, nullptr, nullptr, nullptr); }
};

using HsDatabasePtr = std::unique_ptr<hs_database_t, HsFree>;
using HsCompileErrorPtr = std::unique_ptr<hs_compile_error_t, HsFree>;
using HsScratchPtr = std::unique_ptr<hs_scratch_t, HsFree>;
using HsStreamPtr = std::unique_ptr<hs_stream_t, HsFree>;

}  // namespace hyperscan_device
