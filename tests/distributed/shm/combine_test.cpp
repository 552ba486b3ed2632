#include "distributed/shm/combine.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace convoy {
namespace {

std::vector<SumSimd> every_simd() {
  std::vector<SumSimd> all{SumSimd::portable};
  for (const SumSimd one : {SumSimd::avx2, SumSimd::avx512}) {
    if (one <= best_sum_simd()) {
      all.push_back(one);
    }
  }
  return all;
}

/// Combines elements [begin, end) of the copies in place.
void combine_in_place(
    const std::vector<at::Tensor>& copies,
    std::int64_t begin,
    std::int64_t end,
    SumSimd simd,
    ReduceOp op = ReduceOp::sum) {
  std::vector<std::byte*> places;
  for (const at::Tensor& copy : copies) {
    places.push_back(static_cast<std::byte*>(copy.mutable_data_ptr()));
  }
  combine(
      {.from = places,
       .to = places,
       .begin = begin,
       .end = end,
       .type = copies[0].scalar_type(),
       .op = op},
      simd);
}

std::vector<at::Tensor> random_copies(
    int ranks, std::int64_t count, c10::ScalarType type) {
  std::vector<at::Tensor> copies;
  for (int r = 0; r < ranks; ++r) {
    copies.push_back(
        at::randn({count}, at::kFloat).mul(std::pow(10.0, r)).to(type));
  }
  return copies;
}

/// The sum in the order of the copies, rounded once at the end.
at::Tensor sum_in_order(const std::vector<at::Tensor>& copies) {
  at::Tensor sum = copies[0].to(at::kFloat);
  for (std::size_t r = 1; r < copies.size(); ++r) {
    sum = sum + copies[r].to(at::kFloat);
  }
  return sum.to(copies[0].scalar_type());
}

class CombineSums : public ::testing::TestWithParam<c10::ScalarType> {};

TEST_P(CombineSums, AddInTheOrderOfTheCopiesWithEveryInstructionSet) {
  for (const int ranks : {1, 2, 3, 5}) {
    for (const std::int64_t count : {1, 63, 64, 65, 1000, 200000}) {
      const auto copies = random_copies(ranks, count, GetParam());
      const at::Tensor want = sum_in_order(copies);
      for (const SumSimd simd : every_simd()) {
        std::vector<at::Tensor> mine;
        for (const at::Tensor& copy : copies) {
          mine.push_back(copy.clone());
        }
        combine_in_place(mine, 0, count, simd);
        for (const at::Tensor& copy : mine) {
          EXPECT_TRUE(at::equal(copy, want)) << ranks << " x " << count;
        }
      }
    }
  }
}

TEST_P(CombineSums, TouchNothingOutsideTheirRange) {
  for (const SumSimd simd : every_simd()) {
    const auto copies = random_copies(2, 300, GetParam());
    const at::Tensor before = copies[1].clone();
    const at::Tensor want = sum_in_order(copies);
    combine_in_place(copies, 17, 250, simd);
    EXPECT_TRUE(at::equal(copies[1].slice(0, 0, 17), before.slice(0, 0, 17)));
    EXPECT_TRUE(at::equal(copies[1].slice(0, 17, 250), want.slice(0, 17, 250)));
    EXPECT_TRUE(at::equal(copies[1].slice(0, 250), before.slice(0, 250)));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Types,
    CombineSums,
    ::testing::Values(at::kFloat, at::kBFloat16),
    [](const auto& it) { return c10::toString(it.param); });

TEST(Combine, KeepsWhatIsNotANumberInSixteenBits) {
  for (const SumSimd simd : every_simd()) {
    // The payload whose rounding would carry it to infinity or zero.
    const auto a = at::full({40}, std::nan(""), at::kFloat).to(at::kBFloat16);
    a.view(at::kShort).fill_(0x7FFF);
    const auto b = at::full({40}, 1, at::kBFloat16);
    combine_in_place({a, b}, 0, 40, simd);
    EXPECT_TRUE(b.isnan().all().item<bool>());
    const auto infinite =
        at::full({40}, std::numeric_limits<float>::infinity(), at::kBFloat16);
    const auto one = at::full({40}, 1, at::kBFloat16);
    combine_in_place({infinite, one}, 0, 40, simd);
    EXPECT_TRUE(one.isinf().all().item<bool>());
  }
}

TEST(Combine, TakesSmallestAndLargestAndWholeNumbers) {
  const auto a = at::tensor({1.0, 5.0}, at::kDouble);
  const auto b = at::tensor({2.0, 3.0}, at::kDouble);
  combine_in_place({a, b}, 0, 2, best_sum_simd(), ReduceOp::max);
  EXPECT_TRUE(at::equal(a, at::tensor({2.0, 5.0}, at::kDouble)));
  const auto c = at::tensor({1, 5}, at::kLong);
  const auto d = at::tensor({2, 3}, at::kLong);
  combine_in_place({c, d}, 0, 2, best_sum_simd(), ReduceOp::min);
  EXPECT_TRUE(at::equal(d, at::tensor({1, 3}, at::kLong)));
}

TEST(Combine, RefusesTypesThatAreNotReduced) {
  const auto bytes = at::full({4}, 1, at::kByte);
  EXPECT_THROW(
      combine_in_place({bytes}, 0, 4, best_sum_simd()), std::logic_error);
}

}  // namespace
}  // namespace convoy
