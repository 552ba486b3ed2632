#include "distributed/staged_communicator.h"

#include <utility>

namespace convoy {
namespace {

class StagedWork final : public Work {
 public:
  StagedWork(at::Tensor device, at::Tensor host, std::unique_ptr<Work> work)
      : device_(std::move(device)),
        host_(std::move(host)),
        work_(std::move(work)) {}

  bool test() override { return work_->test(); }

  void wait() override {
    work_->wait();
    device_.copy_(host_);
  }

 private:
  at::Tensor device_;
  at::Tensor host_;
  std::unique_ptr<Work> work_;
};

/// A copy in host memory that has the tensor's strides.
at::Tensor on_host(const at::Tensor& tensor) {
  return tensor.detach().to(
      at::kCPU, tensor.scalar_type(), /*non_blocking=*/false, /*copy=*/true);
}

class StagedCommunicator final : public Communicator {
 public:
  explicit StagedCommunicator(std::unique_ptr<Communicator> host)
      : host_(std::move(host)) {}

  int rank() const override { return host_->rank(); }
  int size() const override { return host_->size(); }

  std::unique_ptr<Work> all_reduce(
      const at::Tensor& tensor, ReduceOp op) override {
    at::Tensor copy = on_host(tensor);
    std::unique_ptr<Work> work = host_->all_reduce(copy, op);
    return std::make_unique<StagedWork>(
        tensor, std::move(copy), std::move(work));
  }

  void broadcast(const at::Tensor& tensor, int root) override {
    const at::Tensor copy = on_host(tensor);
    host_->broadcast(copy, root);
    tensor.copy_(copy);
  }

  void barrier() override { host_->barrier(); }

 private:
  std::unique_ptr<Communicator> host_;
};

}  // namespace

std::unique_ptr<Communicator> make_staged_communicator(
    std::unique_ptr<Communicator> host) {
  return std::make_unique<StagedCommunicator>(std::move(host));
}

}  // namespace convoy
