#pragma once
// How a reduction over ranks combines values.

namespace convoy {

/// `average`: the sum divided by the number of ranks; of floating types.
enum class ReduceOp { sum, min, max, average };

}  // namespace convoy
