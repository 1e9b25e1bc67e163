// SPDX-License-Identifier: Apache-2.0
#include "dissect/host_name.h"

#include <doctest/doctest.h>

namespace weir {
namespace {

TEST_CASE("host names come out in lower case, what is none does not come out") {
  CHECK(hostNameOf("WWW.Example.ORG") == "www.example.org");
  CHECK(hostNameOf("example.org.") == "example.org");
  CHECK(hostNameOf("_spotify-connect._tcp.local") == "_spotify-connect._tcp.local");
  CHECK(hostNameOf("192.0.2.1") == "192.0.2.1");
  CHECK(hostNameOf("xn--bcher-kva.example") == "xn--bcher-kva.example");
  for (const char* none : {"", ".", "..", ".example", "a..b", "a b", "a/b", "[2001:db8::1]", "a:1",
                           "b\xc3\xbc"
                           "cher.example",
                           "a\n"})
    CHECK(hostNameOf(none).empty());
}

TEST_CASE("a name has 253 octets at most, a label 63") {
  const std::string label(63, 'a');
  CHECK(hostNameOf(label) == label);
  CHECK(hostNameOf(label + "a").empty());
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
  CHECK(hostNameOf(longest) == longest);
  CHECK(hostNameOf(longest + ".") == longest);
  CHECK(hostNameOf(longest + "b").empty());
}

TEST_CASE("text is printable and bounded") {
  CHECK(printableOf("a\x01\x7f\xffz~ ", 10) == "az~ ");
  CHECK(printableOf("abcdef", 3) == "abc");
}

}  // namespace
}  // namespace weir
