// Update rules against torch.optim, whose results the oracle script prints.

#include "trainer/loop/optimizer.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <iterator>
#include <sstream>

namespace convoy {
namespace {

at::Tensor start() {
  auto w = at::arange(12, at::kFloat).reshape({3, 4}).div(6).sub(1);
  w.requires_grad_();
  w.mutable_grad() = at::zeros({3, 4});
  return w;
}

void take_step(Optimizer& optimizer, const at::Tensor& w, int step, double lr) {
  w.grad().copy_(w.detach().add(step).sin());
  optimizer.step(lr, at::zeros({}));
}

struct Case {
  const char* name;
  const char* torch;
  OptimizerOptions options;
};

const std::vector<Case> kCases{
    {"sgd",
     "SGD([w],lr=0.1,momentum=0.9,weight_decay=0.01)",
     {.name = OptimizerName::sgd, .momentum = 0.9, .weight_decay = 0.01}},
    {"plain_sgd",
     "SGD([w],lr=0.1)",
     {.name = OptimizerName::sgd, .momentum = 0, .weight_decay = 0}},
    {"nesterov",
     "SGD([w],lr=0.1,momentum=0.9,nesterov=True)",
     {.name = OptimizerName::sgd,
      .momentum = 0.9,
      .nesterov = true,
      .weight_decay = 0}},
    {"adam",
     "Adam([w],lr=0.1,weight_decay=0.01)",
     {.name = OptimizerName::adam, .weight_decay = 0.01}},
    {"adamw",
     "AdamW([w],lr=0.1,weight_decay=0.01,betas=(0.8,0.95))",
     {.name = OptimizerName::adamw,
      .weight_decay = 0.01,
      .betas = {0.8, 0.95}}},
    {"rmsprop",
     "RMSprop([w],lr=0.1,alpha=0.9,eps=0.03,momentum=0.9,weight_decay=0."
     "01)",
     {.name = OptimizerName::rmsprop,
      .momentum = 0.9,
      .weight_decay = 0.01,
      .epsilon = 0.03,
      .alpha = 0.9}}};

/// For each case what its torch.optim class makes of w = arange(12)/6 - 1,
/// shaped 3x4, after five steps with gradient sin(w + step). One process for
/// all: loading torch takes longer than the rest of this file.
std::vector<std::vector<double>> ask_torch() {
  std::string script = "import torch\n";
  for (const Case& each : kCases) {
    script += fmt::format(
        "w=torch.nn.Parameter(torch.arange(12.).reshape(3,4)/6-1)\n"
        "o=torch.optim.{}\n"
        "for s in range(5):\n"
        "    w.grad=torch.sin(w.detach()+s)\n"
        "    o.step()\n"
        "print(*w.detach().double().flatten().tolist())\n",
        each.torch);
  }
  const std::string command = fmt::format("{} -c '{}'", CONVOY_PYTHON, script);
  std::FILE* pipe = popen(command.c_str(), "r");
  std::vector<std::vector<double>> answers;
  char line[1024];
  while (std::fgets(line, sizeof line, pipe) != nullptr) {
    std::istringstream numbers(line);
    answers.emplace_back(
        std::istream_iterator<double>(numbers),
        std::istream_iterator<double>());
  }
  EXPECT_EQ(pclose(pipe), 0);
  return answers;
}

class AgainstTorch : public ::testing::TestWithParam<std::size_t> {};

TEST_P(AgainstTorch, FiveStepsAgree) {
  static const auto answers = ask_torch();
  ASSERT_EQ(answers.size(), kCases.size());
  const auto w = start();
  const auto optimizer = make_optimizer(kCases[GetParam()].options, {{"w", w}});
  for (int step = 0; step < 5; ++step) {
    take_step(*optimizer, w, step, 0.1);
  }
  const auto& expected = answers[GetParam()];
  ASSERT_EQ(expected.size(), 12u);
  for (int i = 0; i < 12; ++i) {
    EXPECT_NEAR(w.flatten()[i].item<double>(), expected[i], 2e-6) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rules,
    AgainstTorch,
    ::testing::Range<std::size_t>(0, kCases.size()),
    [](const auto& it) { return kCases[it.param].name; });

TEST(Lars, ScalesByTheRatioOfNormsAsThePaper) {
  auto w = at::full({2, 2}, 3.0f).requires_grad_();  // |w| = 6
  w.mutable_grad() = at::full({2, 2}, 0.5f);         // |g| = 1
  const auto optimizer = make_optimizer(
      {.name = OptimizerName::lars,
       .momentum = 0,
       .weight_decay = 0.5,
       .trust_coefficient = 0.1},
      {{"w", w}});
  optimizer->step(1.0, at::zeros({}));
  // 0.1 * 6 / (1 + 0.5 * 6) = 0.15; update 0.15 * (0.5 + 0.5 * 3).
  EXPECT_NEAR(w[0][0].item<double>(), 3 - 0.15 * 2.0, 1e-6);
}

class EveryRule : public ::testing::TestWithParam<OptimizerName> {};

TEST_P(EveryRule, LeavesEverythingAsItWasAfterANonFiniteStep) {
  const auto w = start();
  const auto optimizer =
      make_optimizer({.name = GetParam(), .weight_decay = 0.1}, {{"w", w}});
  take_step(*optimizer, w, 0, 0.1);
  const at::Tensor before = w.detach().clone();
  std::vector<at::Tensor> state;
  for (const NamedTensor& entry : optimizer->state()) {
    state.push_back(entry.tensor.clone());
  }
  w.grad().fill_(std::numeric_limits<double>::quiet_NaN());
  optimizer->step(0.1, at::ones({}));
  EXPECT_TRUE(w.detach().equal(before));
  for (std::size_t i = 0; i < state.size(); ++i) {
    EXPECT_TRUE(optimizer->state()[i].tensor.equal(state[i]))
        << optimizer->state()[i].name;
  }
}

TEST_P(EveryRule, UsesEachParametersOwnRateAndDecay) {
  const auto slow = start();
  const auto fast = start();
  const auto optimizer = make_optimizer(
      {.name = GetParam(), .weight_decay = 0},
      {{"slow", slow, 1.0, true}, {"fast", fast, 2.0, false}});
  slow.grad().copy_(slow.detach().sin());
  fast.grad().copy_(fast.detach().sin());
  optimizer->step(0.1, at::zeros({}));
  const auto moved = [](const at::Tensor& w) {
    return w.detach().sub(start().detach());
  };
  EXPECT_TRUE(moved(fast).allclose(moved(slow).mul(2), 1e-4, 1e-6));
}

INSTANTIATE_TEST_SUITE_P(
    Rules,
    EveryRule,
    ::testing::Values(
        OptimizerName::sgd,
        OptimizerName::adam,
        OptimizerName::adamw,
        OptimizerName::rmsprop,
        OptimizerName::lars));

}  // namespace
}  // namespace convoy
