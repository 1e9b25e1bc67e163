// SPDX-License-Identifier: Apache-2.0
// How the system calls the interface that packets come from.
#pragma once

#include <vector>

#include "export/record_exporter.h"
#include "lane/data_plane_config.h"

namespace weir {

/// The interface of a live capture, as it is now, with its name and the operator's alias; none for
/// files, whose records have interface 0.
std::vector<InterfaceRow> interfaceNames(const SourceOptions& source);

}  // namespace weir
