#include "distributed/replicate.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <map>
#include <memory>

#include "distributed/errors.h"

namespace convoy {
namespace {

struct FreeState {
  void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};

}  // namespace

void broadcast_state(
    const std::vector<at::Tensor>& tensors, Communicator& communicator) {
  for (const at::Tensor& tensor : tensors) {
    communicator.broadcast(tensor, 0);
  }
}

std::uint64_t hash_state(const std::vector<at::Tensor>& tensors) {
  const std::unique_ptr<XXH3_state_t, FreeState> state(XXH3_createState());
  XXH3_64bits_reset(state.get());
  for (const at::Tensor& tensor : tensors) {
    const at::Tensor plain = tensor.detach().to(at::kCPU).contiguous();
    XXH3_64bits_update(state.get(), plain.const_data_ptr(), plain.nbytes());
  }
  return XXH3_64bits_digest(state.get());
}

void require_equal_replicas(
    std::uint64_t hash,
    Control& control,
    const std::vector<std::string>& hosts) {
  const auto hashes = control.all_gather(fmt::format("{:016x}", hash));
  std::map<std::string, int> votes;
  for (const std::string& h : hashes) {
    ++votes[h];
  }
  if (votes.size() == 1) {
    return;
  }
  const auto majority = std::max_element(
      votes.begin(), votes.end(), [](const auto& a, const auto& b) {
        return a.second < b.second;
      });
  // With as many on either side nobody knows which rank is the faulty one.
  const bool clear = 2 * majority->second > static_cast<int>(hashes.size());
  std::string drifted;
  for (std::size_t r = 0; r < hashes.size(); ++r) {
    if (!clear || hashes[r] != majority->first) {
      drifted += fmt::format(
          "{}rank {} on {} has {}",
          drifted.empty() ? "" : ", ",
          r,
          hosts[r],
          hashes[r]);
    }
  }
  throw Drift(fmt::format(
      "replicas are no longer equal: of the hashes of parameters, buffers and "
      "optimizer state, {}{}. Memory or a GPU of {} is faulty, or this is a "
      "bug; resume from the last checkpoint",
      clear ? "most ranks have " + majority->first + ", but " : "",
      drifted,
      clear ? "that rank" : "one of them"));
}

void require_agreement(
    const std::vector<Fact>& facts,
    Control& control,
    const std::vector<std::string>& hosts) {
  for (const Fact& fact : facts) {
    const auto values = control.all_gather(fact.value);
    for (std::size_t r = 1; r < values.size(); ++r) {
      if (values[r] != values[0]) {
        throw Disagreement(fmt::format(
            "ranks do not agree on {}: rank 0 on {} has {}, rank {} on {} has "
            "{}. {}",
            fact.name,
            hosts[0],
            values[0],
            r,
            hosts[r],
            values[r],
            fact.remedy));
      }
    }
  }
}

}  // namespace convoy
