// Damaged weight files never crash the reader: it refuses them, or reads what
// they then say.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "nets/weights/weights.h"
#include "tests/nets/weights/made_files.h"
#include "tests/nets/weights/torch_files.h"

namespace convoy {
namespace {

/// Behind the name of the file an error has words that a terminal may show.
void expect_a_sentence(const std::string& said) {
  const std::string beginning = "the weight file FILE can't be used: ";
  ASSERT_TRUE(said.starts_with(beginning)) << said;
  EXPECT_GT(said.size(), beginning.size());
  EXPECT_TRUE(is_plain_text(said)) << said;
}

/// Reads a copy of exactly these bytes, so that a sanitizer sees a read beyond
/// them. Whether it was accepted.
bool accepts(const std::string& bytes) {
  const std::vector<char> exact(bytes.begin(), bytes.end());
  try {
    read_weights(std::string_view(exact.data(), exact.size()), "FILE");
    return true;
  } catch (const WeightError& e) {
    expect_a_sentence(e.what());
    return false;
  }
}

std::string seed_file(const std::string& name) {
  if (name == "safetensors") {
    const testing::TempDir folder;
    write_safetensors(
        folder / "w",
        read_weights(testing::torch_files() / "little.pth").tensors,
        {{"note", "text"}});
    return testing::read_text(folder / "w");
  }
  return testing::read_text(testing::torch_files() / (name + ".pth"));
}

class HostileWeights : public ::testing::TestWithParam<const char*> {};

TEST_P(HostileWeights, EveryCutIsRefused) {
  const std::string whole = seed_file(GetParam());
  ASSERT_TRUE(accepts(whole));
  const std::size_t step = std::max<std::size_t>(1, whole.size() / 4000);
  for (std::size_t size = 0; size < whole.size(); size += step) {
    EXPECT_FALSE(accepts(whole.substr(0, size))) << size;
  }
  EXPECT_FALSE(accepts(whole + "x"));
}

TEST_P(HostileWeights, RandomDamageNeverCrashes) {
  const std::string whole = seed_file(GetParam());
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = whole;
    const unsigned flips = 1 + random() % 4;
    for (unsigned k = 0; k < flips; ++k) {
      char& byte = damaged[random() % damaged.size()];
      byte = static_cast<char>(byte ^ (1 << random() % 8));
    }
    accepts(damaged);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Of,
    HostileWeights,
    ::testing::Values(
        "little",
        "little.legacy",
        "training",
        "training.legacy",
        "protocol5",
        "safetensors"),
    [](const auto& it) {
      return fmt::format("{}", it.index) + "_" +
             std::string(it.param).substr(0, std::string(it.param).find('.'));
    });

/// The CRC-32 of a zip entry hides most damage from the pickle machine: here
/// the archive around a damaged pickle is sound.
TEST(HostilePickles, RandomDamageNeverCrashesInASoundArchive) {
  const std::string pickle = testing::pickled_dict(
      {{"epoch", "K\x01"},
       {"args",
        "cargparse\nNamespace\n)\x81}" + testing::pickled_text("lr") + "Nsb"},
       {"state_dict",
        "ccollections\nOrderedDict\n)R(" + testing::pickled_text("w") +
            testing::pickled_tensor({}) + testing::pickled_text("v") +
            testing::pickled_tensor(
                {.offset = 2, .shape = {4}, .strides = {1}}) +
            "u}b"}});
  const auto file_of = [](const std::string& code) {
    return testing::made_zip(testing::zip_of(code, {std::string(24, '\1')}));
  };
  ASSERT_TRUE(accepts(file_of(pickle)));
  std::mt19937 random(2);
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = pickle;
    const unsigned places = 1 + random() % 3;
    for (unsigned k = 0; k < places; ++k) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    accepts(file_of(damaged));
  }
  for (std::size_t size = 0; size < pickle.size(); ++size) {
    EXPECT_FALSE(accepts(file_of(pickle.substr(0, size)))) << size;
  }
}

}  // namespace
}  // namespace convoy
