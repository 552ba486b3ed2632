#pragma once
// USR1, TERM and INT ask the run to save and leave.

namespace convoy {

/// Installs handlers that only take a note. The second signal of a kind that
/// the system would have ended the program with ends it at once.
void watch_signals();

/// The first signal that came, 0 if none did.
int signal_received();

}  // namespace convoy
