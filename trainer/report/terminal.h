#pragma once
// Whether somebody is watching.

namespace convoy {

/// Columns of the terminal that the log ends up on, 0 when it goes to a file or
/// pipe. Under mpirun a rank's stderr is a pipe to mpirun; then mpirun's own
/// stderr is looked at.
int terminal_columns();

}  // namespace convoy
