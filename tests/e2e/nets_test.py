"""What `convoy nets` says of torchvision's networks is what torchvision says."""
import json
import unittest

import torchvision.models

import convoy

# Parameters of auxiliary heads, without which torchvision counts googlenet.
HEADS = {"googlenet": 6_379_984}


class Nets(unittest.TestCase):
    def test_facts_are_those_of_torchvisions_weights(self):
        done = convoy.run("nets", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        known = set(torchvision.models.list_models(module=torchvision.models))
        compared = 0
        for facts in map(json.loads, done.stdout.splitlines()):
            if facts["name"] not in known:
                continue
            with self.subTest(facts["name"]):
                weights = torchvision.models.get_model_weights(facts["name"]).IMAGENET1K_V1
                metrics = weights.meta["_metrics"]["ImageNet-1K"]
                self.assertEqual((facts["top1"], facts["top5"]),
                                 (metrics["acc@1"], metrics["acc@5"]))
                self.assertEqual(
                    facts["parameters"] - HEADS.get(facts["name"], 0),
                    weights.meta["num_params"])
                prepare = weights.transforms()
                self.assertEqual((facts["resize_px"], facts["input_px"]),
                                 (prepare.resize_size[0], prepare.crop_size[0]))
                self.assertEqual(facts["minimum_px"], weights.meta["min_size"][0])
                self.assertAlmostEqual(facts["macs"] / 1e9 / weights.meta["_ops"], 1,
                                       delta=0.02)
                compared += 1
        self.assertEqual(compared, 33)


if __name__ == "__main__":
    unittest.main(verbosity=2)
