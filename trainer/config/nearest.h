#pragma once
// "Did you mean": the known word that is spelled most like another.

#include <string>
#include <vector>

namespace convoy {

/// The nearest of `known` by edit distance (a swap of neighbours counts once);
/// empty when none is near enough to be what was meant.
std::string nearest(
    const std::string& word, const std::vector<std::string>& known);

}  // namespace convoy
