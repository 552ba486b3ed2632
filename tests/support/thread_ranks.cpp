#include "tests/support/thread_ranks.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "distributed/errors.h"

namespace convoy::testing {
namespace {

/// Where ranks meet: everyone deposits a pointer, waits, reads the others'.
class Meeting {
 public:
  explicit Meeting(int size) : deposits_(size) {}

  int size() const { return static_cast<int>(deposits_.size()); }

  void wait() {
    std::unique_lock lock(mutex_);
    const auto generation = generation_;
    if (++arrived_ == size()) {
      arrived_ = 0;
      ++generation_;
      changed_.notify_all();
    }
    changed_.wait(lock, [&] { return generation_ != generation || broken_; });
    if (broken_) {
      throw PeerLost("another rank of this test failed");
    }
  }

  void break_up() {
    const std::lock_guard lock(mutex_);
    broken_ = true;
    changed_.notify_all();
  }

  std::vector<const void*>& deposits() { return deposits_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<const void*> deposits_;
  int arrived_ = 0;
  std::uint64_t generation_ = 0;
  bool broken_ = false;
};

template <class T>
T combine(ReduceOp op, T a, T b) {
  switch (op) {
    case ReduceOp::sum:
      return a + b;
    case ReduceOp::min:
      return std::min(a, b);
    case ReduceOp::max:
      return std::max(a, b);
    case ReduceOp::average:
      break;  // average_of() makes it from the sum
  }
  throw std::logic_error("unknown operation");
}

/// Reduces in rank order, so every rank gets the same bits.
template <class T>
void reduce(Meeting& meeting, int rank, std::span<T> values, ReduceOp op) {
  meeting.deposits()[rank] = values.data();
  meeting.wait();
  std::vector<T> result(values.size());
  for (int r = 0; r < meeting.size(); ++r) {
    const T* theirs = static_cast<const T*>(meeting.deposits()[r]);
    for (std::size_t i = 0; i < values.size(); ++i) {
      result[i] = r == 0 ? theirs[i] : combine(op, result[i], theirs[i]);
    }
  }
  meeting.wait();
  std::copy(result.begin(), result.end(), values.begin());
}

class DoneWork final : public Work {
 public:
  bool test() override { return true; }
  void wait() override {}
};

class ThreadCommunicator final : public Communicator {
 public:
  ThreadCommunicator(Meeting& meeting, int rank)
      : meeting_(meeting), rank_(rank) {}

  int rank() const override { return rank_; }
  int size() const override { return meeting_.size(); }

  std::unique_ptr<Work> all_reduce(const at::Tensor& t, ReduceOp op) override {
    if (op == ReduceOp::average) {
      return average_of(all_reduce(t, ReduceOp::sum), t, size());
    }
    const auto n = static_cast<std::size_t>(t.numel());
    if (t.scalar_type() == at::kFloat) {
      reduce(meeting_, rank_, std::span(t.mutable_data_ptr<float>(), n), op);
    } else if (t.scalar_type() == at::kDouble) {
      reduce(meeting_, rank_, std::span(t.mutable_data_ptr<double>(), n), op);
    } else {
      throw std::logic_error("thread ranks: float and double only");
    }
    return std::make_unique<DoneWork>();
  }

  void broadcast(const at::Tensor& tensor, int root) override {
    meeting_.deposits()[rank_] = &tensor;
    meeting_.wait();
    if (rank_ != root) {
      tensor.copy_(*static_cast<const at::Tensor*>(meeting_.deposits()[root]));
    }
    meeting_.wait();
  }

  void barrier() override { meeting_.wait(); }

 private:
  Meeting& meeting_;
  int rank_;
};

class ThreadControl final : public Control {
 public:
  ThreadControl(Meeting& meeting, int rank) : meeting_(meeting), rank_(rank) {}

  int rank() const override { return rank_; }
  int size() const override { return meeting_.size(); }
  void barrier() override { meeting_.wait(); }

  void all_reduce(std::span<double> values, ReduceOp op) override {
    reduce(meeting_, rank_, values, op);
  }
  void all_reduce(std::span<std::int64_t> values, ReduceOp op) override {
    reduce(meeting_, rank_, values, op);
  }

  std::vector<std::string> all_gather(const std::string& bytes) override {
    meeting_.deposits()[rank_] = &bytes;
    meeting_.wait();
    std::vector<std::string> all;
    for (const void* theirs : meeting_.deposits()) {
      all.push_back(*static_cast<const std::string*>(theirs));
    }
    meeting_.wait();
    return all;
  }

  std::string broadcast(const std::string& bytes, int root) override {
    return all_gather(bytes)[root];
  }
  std::string await_broadcast(int root, const char*) override {
    return broadcast("", root);
  }

  std::unique_ptr<Control> split(int) override {
    throw std::logic_error("thread ranks: no sub-groups");
  }

 private:
  Meeting& meeting_;
  int rank_;
};

class Borrowed final : public Communicator {
 public:
  explicit Borrowed(Communicator& next) : next_(next) {}
  int rank() const override { return next_.rank(); }
  int size() const override { return next_.size(); }
  std::unique_ptr<Work> all_reduce(const at::Tensor& t, ReduceOp op) override {
    return next_.all_reduce(t, op);
  }
  void broadcast(const at::Tensor& t, int root) override {
    next_.broadcast(t, root);
  }
  void barrier() override { next_.barrier(); }

 private:
  Communicator& next_;
};

}  // namespace

std::unique_ptr<Communicator> borrowed(Communicator& next) {
  return std::make_unique<Borrowed>(next);
}

void run_ranks(
    int size, const std::function<void(Communicator&, Control&)>& body) {
  Meeting meeting(size);
  std::vector<std::exception_ptr> failures(size);
  std::vector<std::thread> ranks;
  for (int r = 0; r < size; ++r) {
    ranks.emplace_back([&, r] {
      try {
        ThreadCommunicator communicator(meeting, r);
        ThreadControl control(meeting, r);
        body(communicator, control);
      } catch (...) {
        failures[r] = std::current_exception();
        meeting.break_up();
      }
    });
  }
  for (std::thread& rank : ranks) {
    rank.join();
  }
  for (const auto& failure : failures) {
    if (failure) {
      std::rethrow_exception(failure);
    }
  }
}

}  // namespace convoy::testing
