#pragma once
// Whether a path lies on another machine's disk.

#include <string>
#include <string_view>

namespace convoy {

/// The network file system that `path` lies on, such as "NFS"; "" for a local
/// one, and where it can't be asked.
std::string_view network_file_system(const std::string& path);

/// The same from statfs(2)'s f_type.
std::string_view network_file_system_named(unsigned long type);

}  // namespace convoy
