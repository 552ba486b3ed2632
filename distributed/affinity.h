#pragma once
// Which CPUs a rank may use. mpirun binds each rank to one core by default,
// which would put all its loader threads on that core too.

#include <string>
#include <vector>

namespace convoy {

/// The CPUs of `host_cpus` that belong to one of `local_size` ranks: contiguous
/// shares whose sizes differ by at most one; all CPUs when there are more ranks
/// than CPUs.
std::vector<int> cpu_share(
    const std::vector<int>& host_cpus, int local_rank, int local_size);

/// The CPUs that this process could be given: what the machine and its
/// container allow, whatever it is bound to now.
std::vector<int> available_cpus();

/// The CPUs that the calling thread is bound to.
std::vector<int> bound_cpus();

/// Binds the calling thread, and every thread that it starts later, to `cpus`.
/// Returns false when the system refuses.
bool bind_to(const std::vector<int>& cpus);

/// "0-3,8": for logs.
std::string describe_cpus(const std::vector<int>& cpus);

}  // namespace convoy
