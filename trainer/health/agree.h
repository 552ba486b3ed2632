#pragma once
// Work that may fail on some ranks and whose failure all ranks must learn of
// together, so that it is printed once and nobody is left waiting.

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "distributed/control.h"
#include "trainer/errors.h"

namespace convoy {

/// A failure that every rank knows: rank 0 prints it, all end cleanly with its
/// code.
class AgreedFailure : public std::runtime_error {
 public:
  AgreedFailure(ExitCode failure_code, const std::string& message)
      : std::runtime_error(message), code(failure_code) {}

  const ExitCode code;
};

/// Runs `work` on this rank, then compares notes. When any rank failed, every
/// rank throws AgreedFailure: with the message as it stands when all failed
/// alike, else with the ranks and hosts in front. Collective.
void agreed(
    Control& control,
    const std::string& host,
    const std::function<void()>& work);

}  // namespace convoy
