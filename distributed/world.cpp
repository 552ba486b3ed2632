#include "distributed/world.h"

#include <fmt/format.h>

#include "distributed/affinity.h"
#include "distributed/errors.h"
#include "distributed/nccl/communicator.h"

namespace convoy {

World::World(MpiSession& session, const WorldOptions& options)
    : control_(&session.control()), timeout_s_(options.timeout_s) {
  session.set_timeout(options.timeout_s);
  locate();
  take_cpus(options.affinity);
  const GpuReport report = find_gpus();
  device_ = agree_on_devices(options.device, report);
  if (device_.is_cuda() && !options.share_gpu) {
    refuse_shared_gpus(
        hosts_, control_->all_gather(report.gpus[device_.index()].uuid));
  }
  set_device(device_);
  connect(session, options.backend);
}

World::World(MpiSession& session, World& parent, int size)
    : device_(parent.device_), timeout_s_(parent.timeout_s_) {
  member_ = parent.rank() < size;
  own_control_ = parent.control().split(member_ ? 0 : 1);
  control_ = own_control_.get();
  cpus_ = parent.cpus_;
  locate();
  if (member_) {
    connect(session, device_.is_cuda() ? Backend::nccl : Backend::mpi);
  }
}

void World::locate() {
  hosts_ = control_->all_gather(host_name());
  local_rank_ = 0;
  local_size_ = 0;
  for (int r = 0; r < size(); ++r) {
    if (hosts_[r] == host()) {
      local_rank_ += r < rank() ? 1 : 0;
      ++local_size_;
    }
  }
}

c10::Device World::agree_on_devices(
    DeviceChoice choice, const GpuReport& report) {
  c10::Device device(c10::kCPU);
  std::string problem;
  try {
    device = choose_device(choice, report, local_rank_);
  } catch (const Disagreement& e) {
    problem = e.what();
  }
  // Every rank learns of it, so that it is told once and nobody waits.
  const auto problems = control_->all_gather(problem);
  for (int r = 0; r < size(); ++r) {
    if (!problems[r].empty()) {
      throw Disagreement(
          fmt::format("rank {} on {}: {}", r, hosts_[r], problems[r]));
    }
  }
  return device;
}

void World::take_cpus(Affinity affinity) {
  cpus_ = affinity == Affinity::keep
              ? bound_cpus()
              : cpu_share(available_cpus(), local_rank_, local_size_);
  if (affinity == Affinity::share) {
    bind_to(cpus_);
  }
}

void World::connect(MpiSession& session, Backend backend) {
  const bool cuda = device_.is_cuda();
  if (cuda && backend == Backend::mpi) {
    throw Disagreement(
        "distributed.backend is mpi, but the gradients are on a GPU: use "
        "nccl or auto, or run.device=cpu");
  }
  if (!cuda && backend == Backend::nccl) {
    throw Disagreement(
        "distributed.backend is nccl, but this rank has no GPU: use mpi or "
        "auto");
  }
  backend_name_ = cuda ? "nccl" : "mpi";
  gradients_ = cuda ? make_nccl_communicator(*control_, device_, timeout_s_)
                    : session.host_communicator(*control_);
}

void refuse_shared_gpus(
    const std::vector<std::string>& hosts,
    const std::vector<std::string>& uuids) {
  for (std::size_t a = 0; a < uuids.size(); ++a) {
    for (std::size_t b = a + 1; b < uuids.size(); ++b) {
      if (!uuids[a].empty() && uuids[a] == uuids[b] && hosts[a] == hosts[b]) {
        throw Disagreement(fmt::format(
            "ranks {} and {} on {} would share {}: start as many ranks on a "
            "host as it has GPUs (mpirun -np, or slots= in the hostfile)",
            a,
            b,
            hosts[a],
            uuids[a]));
      }
    }
  }
}

}  // namespace convoy
