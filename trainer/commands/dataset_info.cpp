#include "trainer/commands/dataset_info.h"

#include <fmt/format.h>

#include <string>

namespace convoy {
namespace {

std::string sizes(const DatasetFacts& f) {
  const bool one = f.width.min == f.width.max && f.height.min == f.height.max;
  return one ? fmt::format("{} x {}", f.width.max, f.height.max)
             : fmt::format(
                   "{} x {} to {} x {}",
                   f.width.min,
                   f.height.min,
                   f.width.max,
                   f.height.max);
}

}  // namespace

void print_info(
    const Database& database, Flavour flavour, const DatasetFacts& f) {
  fmt::print("{}\n", database.path());
  fmt::print("  written by   {}\n", describe(flavour));
  fmt::print(
      "  records      {} ({} encoded, {} raw, {} float; {} with checksum, {} "
      "decoded in parts)\n",
      f.records,
      f.encoded,
      f.raw,
      f.floats,
      f.checksums,
      f.in_parts);
  fmt::print(
      "  size         {:.1f} MB of pictures, {:.1f} MB on disk\n",
      static_cast<double>(f.payload_bytes) / 1e6,
      static_cast<double>(database.bytes()) / 1e6);
  fmt::print(
      "  pictures     {}, {} channels\n",
      sizes(f),
      f.channels.min == f.channels.max
          ? std::to_string(f.channels.max)
          : fmt::format("{} or {}", f.channels.min, f.channels.max));
  fmt::print("  fingerprint  {}\n", f.fingerprint);
  for (const auto& [name, value] : f.made_by) {
    fmt::print("  {:<12} {}\n", name, value);
  }
  if (f.unlabelled > 0) {
    fmt::print(
        "  note         {} records have no label and count as 0\n",
        f.unlabelled);
  }
  fmt::print("  classes      {}\n", f.class_counts().size());
  for (const auto& [label, count] : f.label_counts) {
    fmt::print("    {:>5}  {:>8}  {}\n", label, count, f.name_of(label));
  }
}

}  // namespace convoy
