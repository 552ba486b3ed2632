// The policies' operations against torchvision's on Pillow pictures, to the
// bit, and their strengths.

#include "data/augment/operations.h"

#include <gtest/gtest.h>

#include <cmath>

#include "data/augment/policy.h"
#include "tests/support/oracle.h"
#include "tests/support/pictures.h"

namespace convoy {
namespace {

using testing::random_picture;
using testing::smooth_picture;

struct OperationCase {
  Image picture;
  Operation operation;
};

/// Values from 90 to 122 alone, which stretching and equalizing change most.
Image dim_picture(int height, int width, int channels) {
  Image picture = smooth_picture(height, width, channels);
  for (std::uint8_t& value : picture.pixels) {
    value = static_cast<std::uint8_t>(90 + value / 8);
  }
  return picture;
}

Image flat_picture(int height, int width, int channels) {
  Image picture = random_picture(height, width, channels, 1);
  std::fill(picture.pixels.begin(), picture.pixels.end(), std::uint8_t{77});
  return picture;
}

std::vector<Image> operation_pictures() {
  return {
      random_picture(40, 40, 3, 1),
      random_picture(29, 43, 3, 2),
      random_picture(40, 40, 1, 3),
      smooth_picture(64, 64, 3),
      dim_picture(48, 48, 3),
      dim_picture(31, 20, 1),
      flat_picture(12, 12, 3),
      random_picture(3, 2, 3, 4),
      random_picture(1, 1, 3, 5)};
}

/// Every kind with every strength and sign that a policy gives it.
std::vector<OperationCase> operation_cases() {
  std::vector<OperationCase> cases;
  for (const Image& picture : operation_pictures()) {
    for (int kind = 0; kind < kOperationKinds; ++kind) {
      for (int step = 0; step < kStrengthSteps; ++step) {
        for (AugmentPolicy policy :
             {AugmentPolicy::trivial_wide, AugmentPolicy::rand}) {
          const auto which = static_cast<OperationKind>(kind);
          const double strength =
              strength_of(policy, which, step, picture.width);
          const bool signless = which >= OperationKind::posterize;
          cases.push_back({picture, {which, strength}});
          cases.push_back({picture, {which, signless ? strength : -strength}});
        }
      }
    }
  }
  return cases;
}

class OperationsAgainstTorchvision : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    cases_ = operation_cases();
    std::vector<std::uint8_t> pixels;
    std::vector<double> rows;
    for (const auto& [picture, operation] : cases_) {
      pixels.insert(pixels.end(), picture.pixels.begin(), picture.pixels.end());
      for (double number :
           {double(picture.height),
            double(picture.width),
            double(picture.channels),
            double(operation.kind),
            operation.strength}) {
        rows.push_back(number);
      }
    }
    const testing::Oracle oracle;
    oracle.write("pictures.bin", pixels);
    oracle.write("cases.bin", rows);
    oracle.ask("data/augment/operations_oracle.py");
    results_ = oracle.read<std::uint8_t>("results.bin");
    strengths_ = oracle.read<double>("strengths.bin");
  }
  static void TearDownTestSuite() {
    cases_.clear();
    results_.clear();
  }

  static std::vector<OperationCase> cases_;
  static std::vector<std::uint8_t> results_;
  static std::vector<double> strengths_;
};

std::vector<OperationCase> OperationsAgainstTorchvision::cases_;
std::vector<std::uint8_t> OperationsAgainstTorchvision::results_;
std::vector<double> OperationsAgainstTorchvision::strengths_;

TEST_F(OperationsAgainstTorchvision, GiveTheSamePixels) {
  std::vector<int> changed(kOperationKinds);
  std::size_t at = 0;
  Image scratch;
  for (const auto& [picture, operation] : cases_) {
    Image ours = picture;
    apply_operation(operation, ours, scratch);
    ASSERT_LE(at + ours.pixels.size(), results_.size());
    ASSERT_EQ(ours.width, picture.width);
    ASSERT_EQ(
        std::vector<std::uint8_t>(
            results_.begin() + at, results_.begin() + at + ours.pixels.size()),
        ours.pixels)
        << "operation " << int(operation.kind) << " of strength "
        << operation.strength << " on " << picture.height << "x"
        << picture.width << "x" << picture.channels;
    at += ours.pixels.size();
    changed[int(operation.kind)] += ours.pixels != picture.pixels;
  }
  EXPECT_EQ(at, results_.size());
  for (int kind = 0; kind < kOperationKinds; ++kind) {
    EXPECT_EQ(changed[kind] > 0, kind > 0) << kind;
  }
}

// torch's are single precision. What is cut to whole numbers, shifts and bits,
// is the same number.
TEST_F(OperationsAgainstTorchvision, HaveTheSameStrengths) {
  ASSERT_EQ(strengths_.size(), 2U * kOperationKinds * kStrengthSteps);
  std::size_t at = 0;
  for (AugmentPolicy policy :
       {AugmentPolicy::trivial_wide, AugmentPolicy::rand}) {
    for (int kind = 0; kind < kOperationKinds; ++kind) {
      for (int step = 0; step < kStrengthSteps; ++step) {
        const double ours =
            strength_of(policy, static_cast<OperationKind>(kind), step, 224);
        EXPECT_NEAR(ours, strengths_[at], 1e-5) << kind << ", step " << step;
        EXPECT_EQ(std::trunc(ours), std::trunc(strengths_[at]))
            << kind << ", step " << step;
        ++at;
      }
    }
  }
}

}  // namespace
}  // namespace convoy
