#include "nets/inception_v3_modules.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/max_pool2d.h>
#include <fmt/format.h>

namespace convoy {
namespace {

at::Tensor mixed_pool(const at::Tensor& x, MixedPool pool) {
  switch (pool) {
    case MixedPool::average:
      return at::avg_pool2d(x, {3, 3}, {1, 1}, {1, 1});
    case MixedPool::max:
      return at::max_pool2d(x, {3, 3}, {2, 2});
    case MixedPool::none:
      break;
  }
  return x;
}

MixedBranch pooled_branch(int out) {
  return {"branch_pool", {{out}}, {}, MixedPool::average};
}

MixedBranch max_pooled_branch() {
  return {"", {}, {}, MixedPool::max};
}

ConvOptions conv_options(int in, const MixedConv& conv) {
  const Extent k = conv.kernel;
  const Extent padding =
      conv.stride == 1 ? Extent(k.h / 2, k.w / 2) : Extent(0);
  return {in, conv.out, k, conv.stride, padding};
}

}  // namespace

MixedPlan mixed_a(int pooled) {
  return {
      {"branch1x1", {{64}}},
      {"branch5x5", {{48}, {64, 5}}},
      {"branch3x3dbl", {{64}, {96, 3}, {96, 3}}},
      pooled_branch(pooled)};
}

MixedPlan mixed_b() {
  return {
      {"branch3x3", {{384, 3, 2}}},
      {"branch3x3dbl", {{64}, {96, 3}, {96, 3, 2}}},
      max_pooled_branch()};
}

MixedPlan mixed_c(int narrow) {
  const MixedConv wide{narrow, {1, 7}};
  const MixedConv tall{narrow, {7, 1}};
  return {
      {"branch1x1", {{192}}},
      {"branch7x7", {{narrow}, wide, {192, {7, 1}}}},
      {"branch7x7dbl", {{narrow}, tall, wide, tall, {192, {1, 7}}}},
      pooled_branch(192)};
}

MixedPlan mixed_d() {
  return {
      {"branch3x3", {{192}, {320, 3, 2}}},
      {"branch7x7x3", {{192}, {192, {1, 7}}, {192, {7, 1}}, {192, 3, 2}}},
      max_pooled_branch()};
}

MixedPlan mixed_e() {
  const std::vector<MixedConv> fork{{384, {1, 3}}, {384, {3, 1}}};
  return {
      {"branch1x1", {{320}}},
      {"branch3x3", {{384}}, fork},
      {"branch3x3dbl", {{448}, {384, 3}}, fork},
      pooled_branch(192)};
}

MixedModule::MixedModule(
    int in, const MixedPlan& plan, at::Generator& generator) {
  for (const MixedBranch& branch : plan) {
    branches_.push_back(make_branch(in, branch, generator));
  }
}

MixedModule::Branch MixedModule::make_branch(
    int in, const MixedBranch& plan, at::Generator& generator) {
  Branch branch{plan.pool, {}, {}};
  const auto conv = [&](const std::string& name, const MixedConv& options) {
    return make<BasicConv2d>(
        name, conv_options(in, options), kInceptionV3Deviation, generator);
  };
  const bool single = plan.row.size() == 1 && plan.fork.empty();
  for (const MixedConv& options : plan.row) {
    const std::string numbered =
        fmt::format("{}_{}", plan.name, branch.row.size() + 1);
    branch.row.push_back(conv(single ? plan.name : numbered, options));
    in = options.out;
  }
  char letter = 'a';
  for (const MixedConv& options : plan.fork) {
    branch.fork.push_back(conv(
        fmt::format("{}_{}{}", plan.name, plan.row.size() + 1, letter++),
        options));
    out_ += options.out;
  }
  out_ += plan.fork.empty() ? in : 0;
  return branch;
}

at::Tensor MixedModule::forward(const at::Tensor& x, const Pass& pass) const {
  std::vector<at::Tensor> parts;
  for (const Branch& branch : branches_) {
    at::Tensor y = mixed_pool(x, branch.pool);
    for (const auto& conv : branch.row) {
      y = conv->forward(y, pass);
    }
    for (const auto& conv : branch.fork) {
      parts.push_back(conv->forward(y, pass));
    }
    if (branch.fork.empty()) {
      parts.push_back(y);
    }
  }
  return at::cat(parts, 1);
}

}  // namespace convoy
