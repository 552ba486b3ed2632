#include "trainer/loop/metrics.h"

#include <ATen/core/Reduction.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cross_entropy_loss.h>

#include <cmath>
#include <limits>

namespace convoy {

at::Tensor label_ranks(const at::Tensor& logits, const at::Tensor& labels) {
  const at::Tensor scores = logits.detach().to(at::kFloat);
  const at::Tensor column = labels.unsqueeze(1);
  const at::Tensor own = scores.gather(1, column);
  const at::Tensor classes =
      at::arange(scores.size(1), labels.options()).unsqueeze(0);
  at::Tensor better = scores.gt(own);
  better.logical_or_(scores.eq(own).logical_and_(classes.lt(column)));
  better.logical_or_(scores.isnan());
  better.logical_or_(own.isnan());
  return better.sum(1);
}

at::Tensor sample_losses(
    const at::Tensor& logits,
    const at::Tensor& labels,
    double label_smoothing) {
  return at::cross_entropy_loss(
      logits.to(at::kFloat),
      labels,
      /*weight=*/{},
      at::Reduction::None,
      /*ignore_index=*/-100,
      label_smoothing);
}

namespace {

/// NaN without a sign, which would be printed.
double mean(double sum, double samples) {
  const double value = sum / samples;
  return samples > 0 && !std::isnan(value)
             ? value
             : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

double Sums::mean_loss() const {
  return mean(loss, samples);
}

double Sums::accuracy1() const {
  return mean(100 * top1, samples);
}

double Sums::accuracy5() const {
  return mean(100 * top5, samples);
}

void Sums::add(const Sums& other) {
  loss += other.loss;
  top1 += other.top1;
  top5 += other.top5;
  samples += other.samples;
}

}  // namespace convoy
