#include "distributed/communicator.h"

#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <stdexcept>
#include <utility>
#include <vector>

namespace convoy {
namespace {

class SeveralWorks final : public Work {
 public:
  explicit SeveralWorks(std::vector<std::unique_ptr<Work>> works)
      : works_(std::move(works)) {}

  bool test() override {
    bool done = true;
    for (const auto& work : works_) {
      done &= work->test();
    }
    return done;
  }

  void wait() override {
    for (const auto& work : works_) {
      work->wait();
    }
  }

 private:
  std::vector<std::unique_ptr<Work>> works_;
};

class AverageWork final : public Work {
 public:
  AverageWork(std::unique_ptr<Work> sum, at::Tensor tensor, int ranks)
      : sum_(std::move(sum)), tensor_(std::move(tensor)), ranks_(ranks) {}

  bool test() override { return sum_->test(); }

  void wait() override {
    sum_->wait();
    tensor_.mul_(1.0 / ranks_);
  }

 private:
  std::unique_ptr<Work> sum_;
  at::Tensor tensor_;
  int ranks_;
};

}  // namespace

std::unique_ptr<Work> Communicator::all_reduce_group(
    std::span<const Reduction> reductions) {
  std::vector<std::unique_ptr<Work>> works;
  for (const Reduction& one : reductions) {
    works.push_back(all_reduce(one.tensor, one.op));
  }
  return std::make_unique<SeveralWorks>(std::move(works));
}

// Both move twice the bytes they must; a back end that can do better does.

std::unique_ptr<Work> Communicator::reduce_scatter(const at::Tensor& tensor) {
  return all_reduce(tensor);
}

std::unique_ptr<Work> Communicator::all_gather(const at::Tensor& tensor) {
  for (int r = 0; r < size(); ++r) {
    if (r != rank()) {
      part_of(tensor, r, size()).zero_();
    }
  }
  return all_reduce(tensor);
}

at::Tensor Communicator::allocate(
    std::int64_t elements, const at::TensorOptions& options) {
  return at::zeros({elements}, options);
}

at::Tensor Communicator::join(
    const at::Tensor&, std::span<const std::int64_t>) {
  return {};
}

void Communicator::watch_stream(const std::string&) {}

at::Tensor part_of(const at::Tensor& tensor, int rank, int size) {
  const std::int64_t length = tensor.numel() / size;
  if (length * size != tensor.numel() || !tensor.is_contiguous()) {
    throw std::logic_error(fmt::format(
        "communicator: {} elements in {} equal parts; want a multiple, "
        "contiguous",
        tensor.numel(),
        size));
  }
  return tensor.view(-1).narrow(0, rank * length, length);
}

std::unique_ptr<Work> average_of(
    std::unique_ptr<Work> sum, const at::Tensor& tensor, int ranks) {
  return std::make_unique<AverageWork>(std::move(sum), tensor, ranks);
}

}  // namespace convoy
