// SPDX-License-Identifier: Apache-2.0
#include "samples.h"

namespace ncore_conformance {

std::string repeated(const std::string& text, size_t times) {
  std::string result;
  for (size_t i = 0; i < times; ++i) result += text;
  return result;
}

const PatternSet& signatures() {
  constexpr uint32_t BOTH = NCORE_PATTERN_CASELESS | NCORE_PATTERN_DOTALL;
  static const PatternSet SET = {
      {"^SSH-[12]\\.[0-9]", 0, 0},
      {"^\\x16\\x03[\\x00-\\x04]..\\x01", NCORE_PATTERN_DOTALL, 1},
      {"^\\x16\\x03[\\x00-\\x04]..\\x01", 0, 2},
      {"^(GET|POST|HEAD) [^\\r\\n]{0,60} HTTP/1\\.[01]", 0, 3},
      {"^\\x13bittorrent protocol", NCORE_PATTERN_CASELESS, 4},
      {"^220[ -].{0,40}(ftp|FTP)", 0, 5},
      {"^220[\\x09-\\x0d -~]*ftp", BOTH, 6},
      {"http/(0\\.9|1\\.0|1\\.1) [1-5][0-9][0-9] [\\x09-\\x0d -~]*(server:|content-type:)", BOTH,
       7},
      {"^(.?.?\\x16\\x03.*\\x16\\x03|.?.?\\x01\\x03\\x01?.*\\x0b)", NCORE_PATTERN_DOTALL, 8},
      {"d1:ad2:id20:|\\x08'7P\\)[RP]", NCORE_PATTERN_DOTALL, 9},
      {"(?i)user-agent: *[a-z]+/\\d+(\\.\\d+)*", 0, 10},
      {"[^a]{3}b.{2,4}c", NCORE_PATTERN_DOTALL, 11},
      {"^.{20}\\xff", NCORE_PATTERN_DOTALL, 12},
      {"\\x00\\x00\\x00[^\\x00]{4}\\x00", 0, 13},
      {"(?:GET|get) .*\\n(?:.+\\n)*Host: ", 0, 14},
      {"ab.*d|bc", 0, 15},
      {"a.{0,3}b|x", 0, 16},
  };
  return SET;
}

const std::vector<std::string>& payloads() {
  static const std::vector<std::string> ALL = {
      "SSH-2.0-server\r\n",
      "xSSH-2.0",
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
      std::string("\x16\x03\x03\n\n\x01\x00\x16\x03", 9),
      "GET /index.html HTTP/1.1\r\nHost: example.org\r\nUser-Agent: curl/8.5.0\r\n\r\n",
      "GET /" + repeated("a", 58) + " HTTP/1.1\r\n",
      "GET /" + repeated("a", 60) + " HTTP/1.1\r\n",
      "\x13"
      "BitTorrent protocol" +
          std::string(8, '\0'),
      "220 an FTP server, ftp ready\r\n",
      "220-" + repeated("x", 40) + "ftp",
      "220-" + repeated("x", 41) + "ftp",
      "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/html\r\n\r\n",
      "d1:ad2:id20:" + std::string(20, 'q') + "e1:q4:ping",
      "bbbbxxc aaaaxxxbyyyyc",
      repeated("z", 20) + "\xff" + repeated("z", 20) + "\xff",
      std::string(16, '\0') + "abcd" + std::string(8, '\0'),
      "get /x HTTP/1.0\nAccept: *\nCookie: 1\nHost: a\n",
      "ab  abcd",
      "a  x b",
      "",
  };
  return ALL;
}

}  // namespace ncore_conformance
