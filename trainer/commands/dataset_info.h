#pragma once
// What `convoy dataset info` shows.

#include "data/store/database.h"
#include "data/store/facts.h"
#include "data/store/flavour.h"

namespace convoy {

/// On stdout.
void print_info(
    const Database& database, Flavour flavour, const DatasetFacts& facts);

}  // namespace convoy
