// SPDX-License-Identifier: Apache-2.0
// For unit tests only: which captures of real programs are read, a sample of them unless
// WEIR_ALL_CAPTURES is set. None where they are not there.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "test_effort.h"

namespace weir::testing {

inline bool readsAllCaptures() { return std::getenv("WEIR_ALL_CAPTURES") != nullptr; }

/// Each so-manieth by name, or all.
inline std::vector<std::string> applicationCaptures(size_t step) {
  constexpr const char* FOLDER = "../shared/data/applications";
  std::vector<std::string> paths;
  if (!std::filesystem::is_directory(FOLDER)) return paths;
  for (const auto& entry : std::filesystem::directory_iterator(FOLDER))
    if (entry.path().extension().string().starts_with(".pcap")) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  if (readsAllCaptures()) return paths;
  std::vector<std::string> sample;
  for (size_t i = 0; i < paths.size(); i += step) sample.push_back(paths[i]);
  return sample;
}

}  // namespace weir::testing
