// SPDX-License-Identifier: Apache-2.0
#include "process/thread_status.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace weir {

namespace {

const std::string TASKS = "/proc/self/task/";

}  // namespace

std::vector<pid_t> threadsOfProcess() {
  std::vector<pid_t> threads;
  for (const auto& entry : std::filesystem::directory_iterator(TASKS)) {
    threads.push_back(static_cast<pid_t>(std::stol(entry.path().filename())));
  }
  return threads;
}

std::optional<ThreadStatus> readThreadStatus(pid_t thread) {
  std::ifstream file(TASKS + std::to_string(thread) + "/status");
  std::map<std::string, std::string> fields;
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    if (colon != std::string::npos) fields[line.substr(0, colon)] = line.substr(colon + 1);
  }
  if (fields.count("CapEff") == 0) return std::nullopt;
  const auto mask = [&](const char* name) { return std::stoull(fields[name], nullptr, 16); };
  const std::string& uids = fields["Uid"];  // real, effective, saved, file system
  const size_t effectiveUid = uids.find('\t', 1);
  return ThreadStatus{.uid = static_cast<uid_t>(std::stoul(uids.substr(effectiveUid))),
                      .inheritable = mask("CapInh"),
                      .permitted = mask("CapPrm"),
                      .effective = mask("CapEff"),
                      .bounding = mask("CapBnd"),
                      .ambient = mask("CapAmb"),
                      .noNewPrivileges = fields["NoNewPrivs"].find('1') != std::string::npos};
}

}  // namespace weir
