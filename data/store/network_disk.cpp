#include "data/store/network_disk.h"

#include <sys/vfs.h>

namespace convoy {

std::string_view network_file_system_named(unsigned long type) {
  // As linux/magic.h and the file systems' own headers have them.
  switch (type) {
    case 0x6969:
      return "NFS";
    case 0x517B:
    case 0xFF534D42:
    case 0xFE534D42:
      return "SMB";
    case 0x01021997:
      return "9p";
    case 0x5346414F:
      return "AFS";
    case 0x00C36400:
      return "Ceph";
    case 0x0BD00BD0:
      return "Lustre";
    case 0x47504653:
      return "GPFS";
    case 0x19830326:
      return "BeeGFS";
    default:
      return "";
  }
}

std::string_view network_file_system(const std::string& path) {
  struct statfs facts {};
  if (statfs(path.c_str(), &facts) != 0) {
    return "";
  }
  // Some are negative as a 32-bit f_type, and signed on some machines.
  return network_file_system_named(
      static_cast<unsigned long>(facts.f_type) & 0xFFFFFFFFUL);
}

}  // namespace convoy
