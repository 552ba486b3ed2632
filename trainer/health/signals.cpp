#include "trainer/health/signals.h"

#include <csignal>
#include <initializer_list>

namespace convoy {
namespace {

// A signal handler may touch nothing else; the one variable of the program that
// is not owned by an object.
volatile std::sig_atomic_t g_signal = 0;

void take_note(int signal) {
  if (g_signal != 0 && signal != SIGUSR1) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  if (g_signal == 0) {
    g_signal = signal;
  }
}

}  // namespace

void watch_signals() {
  struct sigaction action {};
  action.sa_handler = take_note;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGUSR1, SIGTERM, SIGINT}) {
    sigaction(signal, &action, nullptr);
  }
}

int signal_received() {
  return g_signal;
}

}  // namespace convoy
