// SPDX-License-Identifier: Apache-2.0
// Tells systemd how the process is (sd_notify(3)).
#pragma once

#include <string>

namespace weir {

/// Sends `message` ("READY=1", lines) to the service manager. False when there is none
/// ($NOTIFY_SOCKET is not set) or it did not take it. Never waits.
bool notifyServiceManager(const std::string& message);

}  // namespace weir
