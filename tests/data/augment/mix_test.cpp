#include "data/augment/mix.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <vector>

#include "tests/data/augment/distributions.h"

namespace convoy {
namespace {

using testing::distance_to;

constexpr int kMixSide = 32;

AugmentOptions mixing(double mixup, double cutmix) {
  AugmentOptions options;
  options.mixup_alpha = mixup;
  options.cutmix_alpha = cutmix;
  return options;
}

Mixer mixer(double mixup, double cutmix, std::uint64_t seed = 5) {
  return {mixing(mixup, cutmix), {kMixSide, 3}, seed};
}

std::vector<double> flat(const MixPlan& plan) {
  return {
      plan.share,
      double(plan.box.x),
      double(plan.box.y),
      double(plan.box.width),
      double(plan.box.height)};
}

TEST(Mixer, DependsOnTheKeyAlone) {
  const Mixer one = mixer(0.2, 1);
  const Mixer other = mixer(0.2, 1);
  std::vector<std::vector<double>> forwards(100);
  std::vector<std::vector<double>> backwards(100);
  for (std::uint64_t i = 0; i < 100; ++i) {
    forwards[i] = flat(one.draw(2, i));
    backwards[99 - i] = flat(other.draw(2, 99 - i));
  }
  EXPECT_EQ(forwards, backwards);
  EXPECT_NE(forwards[0], forwards[1]);
  EXPECT_NE(flat(one.draw(3, 0)), forwards[0]);
  EXPECT_NE(flat(mixer(0.2, 1, 6).draw(2, 0)), forwards[0]);
}

TEST(Mixer, DrawsSharesFromTheBetaDistribution) {
  struct Known {
    double alpha;
    double (*distribution)(double);
  };
  for (const Known& known : {
           Known{
               0.5,
               [](double x) {
                 return 2 / std::numbers::pi * std::asin(std::sqrt(x));
               }},
           Known{1, [](double x) { return x; }},
           Known{2, [](double x) { return x * x * (3 - 2 * x); }},
           Known{
               3,
               [](double x) { return x * x * x * (10 - 15 * x + 6 * x * x); }},
       }) {
    const Mixer one = mixer(known.alpha, 0);
    std::vector<double> shares;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
      shares.push_back(one.draw(0, i).share);
    }
    EXPECT_LT(distance_to(shares, known.distribution), 1.95 / std::sqrt(20'000))
        << known.alpha;  // 99.9 %
  }
}

// Other alphas by their variance, 1 / (4 (2 alpha + 1)).
TEST(Mixer, DrawsSharesOfAnyAlpha) {
  for (double alpha : {0.01, 0.1, 0.2, 0.4, 10.0, 1000.0}) {
    const Mixer one = mixer(alpha, 0);
    double variance = 0;
    constexpr int kDraws = 20'000;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      const double share = one.draw(0, i).share;
      ASSERT_GE(share, 0);
      ASSERT_LE(share, 1);
      variance += (share - 0.5) * (share - 0.5) / kDraws;
    }
    const double expected = 1 / (4 * (2 * alpha + 1));
    EXPECT_NEAR(variance / expected, 1, 4 * std::sqrt(2.0 / kDraws)) << alpha;
  }
}

TEST(SymmetricBeta, IsANumberAtTheEdges) {
  const double last = 1 - 0x1p-32;
  for (double alpha : {1e-300, 0.01, 1.0, 1000.0}) {
    for (double u : {0.0, 0.5, last}) {
      for (double v : {0.0, 0.25, 0.5, last}) {
        const double share = symmetric_beta(alpha, u, v);
        EXPECT_GE(share, 0) << alpha << " " << u << " " << v;
        EXPECT_LE(share, 1);
      }
    }
  }
}

TEST(Mixer, TakesEitherWayWithEvenChancesWhenBothAreOn) {
  const Mixer both = mixer(1, 1);
  int boxes = 0;
  constexpr int kDraws = 10'000;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    boxes += both.draw(0, i).box.width > 0;
  }
  // A share near 1 leaves no whole pixel of a box.
  EXPECT_NEAR(boxes / double(kDraws), 0.5, 0.025);
}

TEST(CutMix, PutsABoxOfTheDrawnAreaAboutAnyMiddle) {
  const Mixer one = mixer(0, 1);
  int cut_at_an_edge = 0;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    const auto [share, box] = one.draw(0, i);
    ASSERT_GE(box.x, 0);
    ASSERT_GE(box.y, 0);
    ASSERT_LE(box.x + box.width, kMixSide);
    ASSERT_LE(box.y + box.height, kMixSide);
    EXPECT_EQ(share, 1 - box.width * box.height / double(kMixSide * kMixSide));
    cut_at_an_edge += box.width != box.height;
  }
  EXPECT_GT(cut_at_an_edge, 500);
  EXPECT_LT(cut_at_an_edge, 4500);
}

// Of torchvision's reference: the expected share of the own label, over
// uniform middles and areas, from its formulas in numbers of 1/1000.
TEST(CutMix, HasTheMeanShareOfItsBoxes) {
  double expected = 0;
  for (int step = 0; step < 1000; ++step) {
    const int half =
        static_cast<int>(std::sqrt(1 - (step + 0.5) / 1000) / 2 * kMixSide);
    double length = 0;  // mean of a box's side after the cut
    for (int middle = 0; middle < kMixSide; ++middle) {
      length += std::min(middle + half, kMixSide) - std::max(middle - half, 0);
    }
    length /= kMixSide;
    expected += (1 - length * length / (kMixSide * kMixSide)) / 1000;
  }
  const Mixer one = mixer(0, 1);
  double mean = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    mean += one.draw(0, i).share / 20'000;
  }
  EXPECT_NEAR(mean, expected, 4 * 0.25 / std::sqrt(20'000));
}

std::vector<float> picture_of(float first) {
  std::vector<float> picture(kMixSide * kMixSide * 3);
  for (std::size_t i = 0; i < picture.size(); ++i) {
    picture[i] = first + 0.01F * static_cast<float>(i % 97);
  }
  return picture;
}

TEST(Mixer, BlendsByTheShare) {
  std::vector<float> image = picture_of(1);
  const std::vector<float> own = image;
  const std::vector<float> partner = picture_of(-2);
  mixer(1, 0).run({.share = 0.3}, partner.data(), image.data());
  for (std::size_t i = 0; i < image.size(); ++i) {
    ASSERT_FLOAT_EQ(image[i], 0.3F * own[i] + 0.7F * partner[i]);
  }
}

TEST(Mixer, CutsABoxOfThePartnerIntoThePicture) {
  std::vector<float> image = picture_of(1);
  const std::vector<float> own = image;
  const std::vector<float> partner = picture_of(-2);
  mixer(0, 1).run(
      {.share = 0.9, .box = {3, 5, 10, 4}}, partner.data(), image.data());
  for (int y = 0; y < kMixSide; ++y) {
    for (int x = 0; x < kMixSide; ++x) {
      const bool inside = x >= 3 && x < 13 && y >= 5 && y < 9;
      for (int c = 0; c < 3; ++c) {
        const int i = (y * kMixSide + x) * 3 + c;
        ASSERT_EQ(image[i], inside ? partner[i] : own[i]) << x << ", " << y;
      }
    }
  }
}

TEST(Mixer, WantsSomethingToMix) {
  EXPECT_FALSE(mixes({}));
  EXPECT_TRUE(mixes(mixing(0, 1)));
  EXPECT_THROW(Mixer({}, {kMixSide, 3}, 1), std::logic_error);
}

}  // namespace
}  // namespace convoy
