#include "trainer/commands/command.h"

namespace convoy {

const std::vector<Command>& all_commands() {
  static const std::vector<Command> commands{
      {"train", "train a network as a config says", true, run_train, true},
      {"evaluate", "measure a checkpoint on a database", true, run_evaluate},
      {"predict", "classify picture files", false, run_predict},
      {"import", "turn pictures into an LMDB database", false, run_import},
      {"dataset", "look at, check or render a database", false, run_dataset},
      {"nets", "list the networks", false, run_nets},
      {"weights", "look into weight files, convert them", false, run_weights},
      {"preset", "print a config that suits a database", false, run_preset},
      {"scaling", "measure speedup and efficiency", true, run_scaling},
      {"bench", "measure a part beside its contenders", true, run_bench},
      {"doctor", "look for what is wrong with this machine", false, run_doctor},
  };
  return commands;
}

}  // namespace convoy
