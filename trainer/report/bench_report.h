#pragma once
// What `convoy bench` prints.

#include <string>
#include <vector>

#include "trainer/bench/all_reduce.h"
#include "trainer/bench/data.h"

namespace convoy {

/// nccl-tests' columns, a row for each way and size.
std::string all_reduce_table(const std::vector<AllReduceRow>& rows);

/// One JSON object a line.
std::string all_reduce_json(const std::vector<AllReduceRow>& rows);

std::string decode_table(const std::vector<DecodeRow>& rows);
std::string decode_json(const std::vector<DecodeRow>& rows);
std::string loader_table(const std::vector<LoaderRow>& rows);
std::string loader_json(const std::vector<LoaderRow>& rows);

}  // namespace convoy
