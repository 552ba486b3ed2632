#include "distributed/communicator.h"

#include <ATen/ops/zeros.h>

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

at::Tensor Communicator::allocate(
    std::int64_t elements, const at::TensorOptions& options) {
  return at::zeros({elements}, options);
}

void Communicator::watch_stream(const std::string&) {}

std::unique_ptr<Work> average_of(
    std::unique_ptr<Work> sum, const at::Tensor& tensor, int ranks) {
  return std::make_unique<AverageWork>(std::move(sum), tensor, ranks);
}

}  // namespace convoy
