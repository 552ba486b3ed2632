#pragma once
// How a reduction over ranks combines values.

namespace convoy {

enum class ReduceOp { sum, min, max };

}  // namespace convoy
