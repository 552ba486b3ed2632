#pragma once
// What the ranks' loaders refused, put together.

#include <string>
#include <vector>

#include "data/loader/loader.h"
#include "distributed/control.h"

namespace convoy {

/// The reasons of all ranks' refused samples, by index, each sample once; the
/// same on every rank. Collective.
std::vector<std::string> reasons_of_all(
    Control& control, const std::vector<BadSample>& mine);

}  // namespace convoy
