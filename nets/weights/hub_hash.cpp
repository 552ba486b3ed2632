#include <fmt/format.h>

#include "nets/weights/file_bytes.h"
#include "nets/weights/sha256.h"
#include "nets/weights/weights.h"

namespace convoy {

std::optional<std::string> hub_hash_of_name(const std::filesystem::path& path) {
  constexpr std::size_t kLeastDigits = 8;
  constexpr std::size_t kMostDigits = 64;
  const std::string name = path.filename().string();
  const std::size_t dash = name.rfind('-');
  if (dash == std::string::npos) {
    return std::nullopt;
  }
  const std::string behind = name.substr(dash + 1);
  const std::string digits = behind.substr(0, behind.find('.'));
  if (digits.size() < kLeastDigits || digits.size() > kMostDigits ||
      digits.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return std::nullopt;
  }
  // Without a letter they are as like to be a date or the number of a job. Of
  // torchvision's names one has no letter.
  if (digits.find_first_of("abcdef") == std::string::npos &&
      name != "vgg13-19584684.pth") {
    return std::nullopt;
  }
  return digits;
}

void check_hub_hash(const std::filesystem::path& path) {
  const std::optional<std::string> wanted = hub_hash_of_name(path);
  if (!wanted) {
    return;
  }
  const FileBytes file(path);
  const std::string found = sha256_of(file.bytes());
  if (!found.starts_with(*wanted)) {
    throw WeightError(fmt::format(
        "the SHA-256 of {} begins with {}; want {} as its name says: it is "
        "damaged or another file. Download it again, or take the digits off "
        "its name if they are no hash",
        std::filesystem::absolute(path).string(),
        found.substr(0, wanted->size()),
        *wanted));
  }
}

}  // namespace convoy
