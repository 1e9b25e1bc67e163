// SPDX-License-Identifier: Apache-2.0
#include "process/service_manager.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "fd.h"

namespace weir {
namespace {

struct Manager {
  Fd socket{::socket(AF_UNIX, SOCK_DGRAM, 0)};
  std::string path;

  explicit Manager(std::string where) : path(std::move(where)) {
    sockaddr_un address{.sun_family = AF_UNIX};
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    REQUIRE(bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~Manager() {
    unsetenv("NOTIFY_SOCKET");
    if (path[0] == '/') unlink(path.c_str());
  }

  [[nodiscard]] std::string heard() const {
    char buffer[256];
    const ssize_t length = recv(socket.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    return length < 0 ? "" : std::string(buffer, static_cast<size_t>(length));
  }
};

TEST_CASE("the service manager is told, by path and by abstract name") {
  const std::string name = "weir-notify-" + std::to_string(getpid());
  for (const std::string& path : {"/tmp/" + name, "@" + name}) {
    const Manager manager(path);
    CHECK(notifyServiceManager("READY=1\nSTATUS=well"));
    CHECK(manager.heard() == "READY=1\nSTATUS=well");
  }
}

TEST_CASE("without a service manager nothing happens") {
  CHECK_FALSE(notifyServiceManager("READY=1"));
  for (const char* path : {"", "/", "relative", "/tmp/no-such-notify-socket"}) {
    setenv("NOTIFY_SOCKET", path, 1);
    CHECK_FALSE(notifyServiceManager("READY=1"));
  }
  setenv("NOTIFY_SOCKET", ("/" + std::string(200, 'x')).c_str(), 1);
  CHECK_FALSE(notifyServiceManager("READY=1"));
  unsetenv("NOTIFY_SOCKET");
}

}  // namespace
}  // namespace weir
