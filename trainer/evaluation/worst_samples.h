#pragma once
// The samples that the network is worst at, with their pictures.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/loader/dataset.h"
#include "trainer/evaluation/sample_result.h"

namespace convoy {

/// Places in `samples` of the `count` greatest losses, the worst first; equal
/// ones in the order of the samples.
std::vector<std::size_t> worst_samples(
    std::span<const SampleResult> samples, std::size_t count);

/// "0001_dent_as_scratch.jpg": the place, from 1, and both classes, in letters
/// that any file system takes.
std::string worst_file_name(
    std::size_t place, const std::string& label, const std::string& predicted);

/// The stored picture of a sample as a JPEG. Empty for a record of floats,
/// which need not be a picture. Throws BadData.
std::vector<std::uint8_t> picture_of(
    const Dataset& dataset, std::int64_t index);

/// A line of the page of worst samples.
struct WorstEntry {
  std::string file;  ///< below the page; empty: no picture
  std::string key;
  std::string label;
  std::string predicted;
  SampleResult result;
};

/// The worst of all, with their names and without files. `keys` by sample.
std::vector<WorstEntry> worst_entries(
    std::span<const SampleResult> samples,
    const std::vector<std::string>& class_names,
    const std::vector<std::string>& keys,
    std::size_t count);

/// A page that shows them, the pictures by reference.
std::string worst_page(const std::vector<WorstEntry>& entries);

}  // namespace convoy
