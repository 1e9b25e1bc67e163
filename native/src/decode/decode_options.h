// SPDX-License-Identifier: Apache-2.0
// What the operator may choose about decoding.
#pragma once

#include "decode/tunnel.h"

namespace weir {

struct DecodeOptions {
  TunnelSet tunnels = TunnelSet::all();
};

}  // namespace weir
