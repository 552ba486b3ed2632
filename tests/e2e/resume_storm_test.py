"""Ten kills and twenty signals, with bf16, augmentation, dropout and accumulation."""
import unittest

import convoy
import resume_test


class Storm(resume_test.Interrupted):
    STEPS = 24
    KILLS = 8  # and two inside a save
    SIGNALS = 20

    @classmethod
    def setUpClass(cls):
        pictures = convoy.vehicles(1, 1, 32)
        cls.changes = {
            "run": {"iterations": cls.STEPS, "log_every": 1, "checkpoint_every_steps": 2},
            "data": {"train": str(pictures / "train.lmdb"), "val": None,
                     **convoy.OTHER_SAMPLING},
            "augment": convoy.MORE_AUGMENTATION,
            "net": {"name": "resnet18", "dropout": 0.5}, "precision": "bf16",
            "optimizer": {"lr": 0.01}, "batch": {"global": 8, "micro": 2}}
        cls.make_reference()


if __name__ == "__main__":
    unittest.main(verbosity=2)
