#include "trainer/commands/command.h"

namespace convoy {

const std::vector<Command>& all_commands() {
  static const std::vector<Command> commands{
      {"train",
       "train a network as a config says",
       Ranks::all,
       run_train,
       true},
      {"evaluate",
       "measure a checkpoint on a database",
       Ranks::all,
       run_evaluate},
      {"predict", "classify picture files", Ranks::one, run_predict},
      {"import", "turn pictures into an LMDB database", Ranks::one, run_import},
      {"dataset",
       "look at, check or render a database",
       Ranks::one,
       run_dataset},
      {"nets", "list the networks", Ranks::one, run_nets},
      {"weights",
       "look into weight files, convert them",
       Ranks::one,
       run_weights},
      {"preset",
       "print a config that suits a database",
       Ranks::one,
       run_preset},
      {"scaling", "measure speedup and efficiency", Ranks::all, run_scaling},
      {"bench", "measure a part beside its contenders", Ranks::all, run_bench},
      {"doctor",
       "look for what is wrong here, or differs between hosts",
       Ranks::under_mpirun,
       run_doctor},
  };
  return commands;
}

}  // namespace convoy
