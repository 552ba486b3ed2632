#pragma once
// "Did you mean": the known word that is spelled most like another.

#include <string>
#include <vector>

namespace convoy {

/// The nearest of `known` by edit distance (a swap of neighbours counts once);
/// empty when none is near enough to be what was meant, or none within `most`
/// edits.
std::string nearest(
    const std::string& word,
    const std::vector<std::string>& known,
    std::size_t most = std::string::npos);

}  // namespace convoy
