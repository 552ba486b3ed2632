#include "trainer/errors.h"

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "data/errors.h"
#include "distributed/errors.h"
#include "nets/weights/errors.h"
#include "trainer/health/memory.h"
#include "trainer/health/memory_error.h"

namespace convoy {
namespace {

/// The first line: LibTorch appends a C++ stack that tells a user nothing.
std::string first_line(std::string text) {
  return text.substr(0, text.find('\n'));
}

Failure out_of_memory(std::exception_ptr error) {
  return {
      ExitCode::internal,
      fmt::format(
          "out of memory: {} (this process holds {:.0f} MB, {:.0f} MB are left "
          "for it). Use a smaller batch, smaller pictures or a smaller "
          "network, "
          "or give the process more",
          refused_allocation(error),
          static_cast<double>(resident_memory()) / 1e6,
          static_cast<double>(available_memory()) / 1e6)};
}

Failure bug(const std::exception& e) {
  return {ExitCode::internal, std::string("this is a bug: ") + e.what()};
}

}  // namespace

std::optional<Failure> printing_failure() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) {
    return std::nullopt;
  }
  return Failure{
      ExitCode::write_failed,
      fmt::format(
          "what was to be printed could not be written: {}. Free some space, "
          "or let it go elsewhere",
          std::strerror(errno))};
}

Failure describe(std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const UsageError& e) {
    return {ExitCode::command_line, e.what()};
  } catch (const ConfigError& e) {
    return {ExitCode::config, e.what()};
  } catch (const RunDirBusy& e) {
    return {ExitCode::run_dir_busy, e.what()};
  } catch (const Diverged& e) {
    return {ExitCode::diverged, e.what()};
  } catch (const WeightFileMissing& e) {
    return {ExitCode::missing_input, e.what()};
  } catch (const WeightWriteError& e) {
    return {ExitCode::write_failed, e.what()};
  } catch (const WeightError& e) {
    return {ExitCode::bad_data, e.what()};
  } catch (const BadData& e) {
    return {ExitCode::bad_data, e.what()};
  } catch (const MissingInput& e) {
    return {ExitCode::missing_input, e.what()};
  } catch (const WriteFailure& e) {
    return {ExitCode::write_failed, e.what()};
  } catch (const PeerLost& e) {
    return {ExitCode::peer_lost, e.what()};
  } catch (const Disagreement& e) {
    return {ExitCode::config, e.what()};
  } catch (const Drift& e) {
    return {ExitCode::internal, e.what()};
  } catch (const OutOfMemory& e) {
    return {ExitCode::internal, e.what()};
  } catch (const c10::Error& e) {
    if (is_out_of_memory(error)) {
      return out_of_memory(error);
    }
    return {
        ExitCode::internal,
        "LibTorch: " + first_line(e.what_without_backtrace())};
  } catch (const std::system_error& e) {
    if (const auto failure = printing_failure()) {  // thrown by fmt::print
      return *failure;
    }
    return bug(e);
  } catch (const std::exception& e) {
    if (is_out_of_memory(error)) {
      return out_of_memory(error);
    }
    return bug(e);
  }
}

}  // namespace convoy
