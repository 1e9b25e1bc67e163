// SPDX-License-Identifier: Apache-2.0
#include "chapter_run.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <exception>
#include <optional>

#include "script.h"

// There when the suite is built with AddressSanitizer, as the library then has to be.
extern "C" int __lsan_do_recoverable_leak_check() __attribute__((weak));

namespace ncore_conformance {
namespace {

// Parts of a message between the processes, each with its length in front.
void put(int fd, const std::string& text) {
  const uint32_t length = static_cast<uint32_t>(text.size());
  std::string message(reinterpret_cast<const char*>(&length), sizeof length);
  message += text;
  for (size_t done = 0; done < message.size();) {
    const ssize_t written = write(fd, message.data() + done, message.size() - done);
    if (written <= 0) _exit(3);
    done += static_cast<size_t>(written);
  }
}

bool readAll(int fd, char* to, size_t length) {
  for (size_t done = 0; done < length;) {
    const ssize_t got = read(fd, to + done, length - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    done += static_cast<size_t>(got);
  }
  return true;
}

// Nothing at the end.
std::optional<std::string> get(int fd) {
  uint32_t length = 0;
  if (!readAll(fd, reinterpret_cast<char*>(&length), sizeof length)) return std::nullopt;
  std::string text(length, '\0');
  if (!readAll(fd, text.data(), length)) return std::nullopt;
  return text;
}

struct Child {
  pid_t pid;
  int fd;  // to read from
};

Child start(const std::function<void(int)>& work) {
  int ends[2];
  check(pipe(ends) == 0, "no pipe");
  const pid_t pid = fork();
  check(pid >= 0, "no process");
  if (pid == 0) {
    close(ends[0]);
    work(ends[1]);
    _exit(0);  // threads of the implementation need not end
  }
  close(ends[1]);
  return {pid, ends[0]};
}

// How the process ended, when it did not end well.
std::string endOf(const Child& child) {
  close(child.fd);
  int status = 0;
  waitpid(child.pid, &status, 0);
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGALRM) return "it hung: a call did not return";
    return std::string("it crashed: ") + strsignal(signal);
  }
  return "it ended the process with status " + std::to_string(WEXITSTATUS(status));
}

struct Verdict {
  Outcome outcome = Outcome::PASSED;
  std::string detail;
};

Verdict judge(const Requirement& requirement, Subject& subject) {
  try {
    subject.tally() = {};
    requirement.judge(subject);
    return {Outcome::PASSED, subject.tally().text()};
  } catch (const Failure& failure) {
    return {Outcome::FAILED, failure.text};
  } catch (const NotOffered& missing) {
    return {Outcome::NOT_OFFERED, missing.reason};
  } catch (const NotApplicable& present) {
    return {Outcome::NOT_APPLICABLE, present.reason};
  } catch (const std::exception& error) {
    return {Outcome::FAILED, std::string("the suite itself failed: ") + error.what()};
  }
}

// What is lost once is found by each check, and a failed requirement may leave something behind:
// after either there are no more.
void checkMemory(Verdict& verdict) {
  static bool isOver = false;
  if (&__lsan_do_recoverable_leak_check == nullptr) return;
  isOver |= verdict.outcome == Outcome::FAILED;
  if (isOver || __lsan_do_recoverable_leak_check() == 0) return;
  isOver = true;
  verdict = {Outcome::FAILED, "memory is lost when all is closed; LeakSanitizer's report is above"};
}

void judgeAll(const Settings& settings, const Chapter& chapter, int fd, size_t first) {
  std::optional<Subject> subject;
  try {
    subject.emplace(settings);
  } catch (const Failure& failure) {
    for (size_t i = first; i < chapter.requirements.size(); ++i) {
      put(fd, std::string(1, static_cast<char>(Outcome::FAILED)));
      put(fd, failure.text);
    }
    return;
  }
  for (size_t i = first; i < chapter.requirements.size(); ++i) {
    expectProgress(settings);
    Verdict verdict = judge(chapter.requirements[i], *subject);
    checkMemory(verdict);
    put(fd, std::string(1, static_cast<char>(verdict.outcome)));
    put(fd, verdict.detail);
  }
}

struct Heard {
  Finding finding;
  bool isLast = false;  // the process has ended instead, with this requirement
};

// What the process finds next.
Heard await(const Child& child, const Chapter& chapter, size_t index) {
  const Requirement& requirement = chapter.requirements[index];
  Finding finding{std::string(chapter.name),
                  std::string(requirement.title),
                  std::string(requirement.sentence),
                  Outcome::FAILED,
                  "",
                  0};
  const auto begin = std::chrono::steady_clock::now();
  const std::optional<std::string> outcome = get(child.fd);
  const std::optional<std::string> detail = get(child.fd);
  finding.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const bool hasEnded = !outcome || !detail;
  if (!hasEnded) finding.outcome = static_cast<Outcome>(outcome->at(0));
  finding.detail = hasEnded ? endOf(child) : *detail;
  return {finding, hasEnded};
}

void stop(const Child& child) {
  kill(child.pid, SIGKILL);
  endOf(child);
}

}  // namespace

void introduce(const Settings& settings, Report& report) {
  const Child child = start([&](int fd) {
    expectProgress(settings);
    try {
      const Subject subject(settings);
      const char* implementation = subject.api().implementation;
      put(fd, "");
      put(fd, implementation == nullptr ? "(says no name)" : printable(implementation));
      put(fd, printable(subject.capabilities().name) + ", number " +
                  std::to_string(subject.deviceNumber()) +
                  (settings.options.empty() ? "" : ", options " + settings.options));
    } catch (const Failure& failure) {
      put(fd, failure.text);
    }
  });
  const std::optional<std::string> problem = get(child.fd);
  report.library = settings.library;
  report.implementation = get(child.fd).value_or("");
  report.device = get(child.fd).value_or("");
  const std::string end = endOf(child);
  check(problem.has_value(), settings.library + ": " + end);
  check(problem->empty(), settings.library + ": " + *problem);
}

Next judgeChapter(const Settings& settings, const Chapter& chapter,
                  const std::function<Next(const Finding&)>& tell) {
  // A process that ends early has judged some; another one goes on behind the culprit.
  for (size_t next = 0; next < chapter.requirements.size();) {
    const Child child = start([&](int fd) { judgeAll(settings, chapter, fd, next); });
    bool hasEnded = false;
    for (; next < chapter.requirements.size() && !hasEnded; ++next) {
      const Heard heard = await(child, chapter, next);
      hasEnded = heard.isLast;
      if (tell(heard.finding) == Next::GO_ON) continue;
      if (!hasEnded) stop(child);
      return Next::END;
    }
    if (!hasEnded) endOf(child);
  }
  return Next::GO_ON;
}

}  // namespace ncore_conformance
