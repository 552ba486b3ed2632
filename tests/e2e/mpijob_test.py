"""launch/mpijob.yaml against what the MPI operator's v2beta1 and Kubernetes' pods know, and
against the operator's own CRD where CONVOY_MPIJOB_CRD names that file."""
import copy
import os
import pathlib
import re
import unittest

import convoy
import yaml

QUANTITY = {"pattern": r"^[0-9]+([.][0-9]+)?(m|k|[KMGT]i?)?$"}
TEXT, COUNT = {"type": "string"}, {"type": "integer", "minimum": 0}
TEXTS = {"type": "array", "items": TEXT}


def fields(required=(), **properties):
    return {"type": "object", "required": list(required), "properties": properties}


def one_of(*values):
    return {"type": "string", "enum": list(values)}


# The fields that the manifest uses or may well use, in the words of JSON schema.
POD = fields(
    ["containers"],
    terminationGracePeriodSeconds=COUNT,
    securityContext=fields(runAsUser=COUNT, runAsGroup=COUNT, fsGroup=COUNT),
    nodeSelector={"type": "object", "additionalProperties": TEXT},
    containers={"type": "array", "minItems": 1, "items": fields(
        ["name", "image"],
        name=TEXT, image=TEXT, workingDir=TEXT, command=TEXTS, args=TEXTS,
        env={"type": "array", "items": fields(["name"], name=TEXT, value=TEXT)},
        resources=fields(limits={"type": "object", "additionalProperties": QUANTITY}),
        volumeMounts={"type": "array", "items": fields(
            ["name", "mountPath"], name=TEXT, mountPath=TEXT)})},
    volumes={"type": "array", "items": fields(
        ["name"], name=TEXT,
        persistentVolumeClaim=fields(["claimName"], claimName=TEXT),
        emptyDir=fields(medium=one_of("", "Memory", "HugePages"), sizeLimit=QUANTITY))})

REPLICA = fields(
    ["template"], replicas=COUNT, restartPolicy=one_of("Never", "OnFailure"),
    template=fields(["spec"], spec=POD))

MPI_JOB = fields(
    ["apiVersion", "kind", "metadata", "spec"],
    apiVersion=one_of("kubeflow.org/v2beta1"), kind=one_of("MPIJob"),
    metadata=fields(["name"], name={"type": "string", "pattern": "^[a-z]([-a-z0-9]*[a-z0-9])?$"}),
    spec=fields(
        ["mpiReplicaSpecs"],
        slotsPerWorker=COUNT, runLauncherAsWorker={"type": "boolean"}, sshAuthMountPath=TEXT,
        mpiImplementation=one_of("OpenMPI", "Intel", "MPICH"),
        launcherCreationPolicy=one_of("AtStartup", "WaitForWorkersReady"),
        runPolicy=fields(
            cleanPodPolicy=one_of("All", "Running", "None"), backoffLimit=COUNT,
            ttlSecondsAfterFinished=COUNT, activeDeadlineSeconds=COUNT,
            suspend={"type": "boolean"}),
        mpiReplicaSpecs=fields(["Launcher", "Worker"], Launcher=REPLICA, Worker=REPLICA)))

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def faults(value, schema, where=""):
    """What of `value` a structural schema, such as a CRD's, does not allow; a field that it
    does not know too, since Kubernetes would drop it."""
    wanted = TYPES.get(schema.get("type"), object)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return [f"{where}: {value!r} is no {schema['type']}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r} is none of {schema['enum']}")
    if "pattern" in schema and not re.search(schema["pattern"], str(value)):
        found.append(f"{where}: {value!r} does not match {schema['pattern']}")
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{where}: {value} is less than {schema['minimum']}")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{where}: is empty")
        for i, entry in enumerate(value):
            found += faults(entry, schema["items"], f"{where}[{i}]")
    if isinstance(value, dict):
        found += [f"{where}: lacks {name}" for name in schema.get("required", [])
                  if name not in value]
        others = schema.get("additionalProperties")
        for name, entry in value.items():
            known = schema.get("properties", {}).get(name, others)
            if known is not None:
                found += faults(entry, known, f"{where}.{name}")
            elif schema.get("properties"):
                found.append(f"{where}: knows no {name}")
    return found


def manifest():
    return yaml.safe_load((convoy.ROOT / "launch/mpijob.yaml").read_text())


if "CONVOY_MPIJOB_CRD" in os.environ:
    class OperatorsSchema(unittest.TestCase):
        def test_allows_the_manifest(self):
            crd = yaml.safe_load(pathlib.Path(os.environ["CONVOY_MPIJOB_CRD"]).read_text())
            version, = (v for v in crd["spec"]["versions"] if v["name"] == "v2beta1")
            self.assertEqual(crd["spec"]["names"]["kind"], "MPIJob")
            self.assertEqual(faults(manifest(), version["schema"]["openAPIV3Schema"]), [])


class Manifest(unittest.TestCase):
    def setUp(self):
        self.job = manifest()
        specs = self.job["spec"]["mpiReplicaSpecs"]
        self.pods = {name: spec["template"]["spec"] for name, spec in specs.items()}

    def test_is_an_mpi_job_as_the_operator_knows_it(self):
        self.assertEqual(faults(self.job, MPI_JOB), [])

    def test_a_field_of_another_name_type_or_value_is_found(self):
        for path, value, text in (
                (["spec", "runPolicy", "backofLimit"], 3, "knows no backofLimit"),
                (["spec", "slotsPerWorker"], "4", "is no integer"),
                (["spec", "runPolicy", "cleanPodPolicy"], "Keep", "none of"),
                (["spec", "mpiReplicaSpecs", "Launcher"], {}, "lacks template"),
                (["metadata", "name"], "Convoy", "does not match")):
            changed = copy.deepcopy(self.job)
            inner = changed
            for name in path[:-1]:
                inner = inner[name]
            inner[path[-1]] = value
            found = faults(changed, MPI_JOB)
            self.assertEqual(len(found), 1, found)
            self.assertIn(text, found[0])

    def test_a_worker_has_as_many_gpus_as_slots(self):
        limits = self.pods["Worker"]["containers"][0]["resources"]["limits"]
        self.assertEqual(limits["nvidia.com/gpu"], self.job["spec"]["slotsPerWorker"])

    def test_both_run_one_image_as_its_user_and_see_the_runs(self):
        launcher, worker = (self.pods[name] for name in ("Launcher", "Worker"))
        self.assertEqual(launcher["containers"][0]["image"], worker["containers"][0]["image"])
        recipe = (convoy.ROOT / "launch/Containerfile").read_text()
        home = self.job["spec"]["sshAuthMountPath"].removesuffix("/.ssh")
        self.assertIn(f"{home}/sshd_config", worker["containers"][0]["args"])
        self.assertIn(f"HostKey {home}/.ssh/id_rsa", recipe)
        for pod in (launcher, worker):
            self.assertIn(f"--uid {pod['securityContext']['runAsUser']} ", recipe)
            volumes = {volume["name"] for volume in pod["volumes"]}
            mounts = {m["name"]: m["mountPath"] for m in pod["containers"][0]["volumeMounts"]}
            self.assertEqual(set(mounts), volumes)
            self.assertEqual(mounts["runs"], "/opt/convoy/runs")

    def test_the_launcher_starts_what_is_there(self):
        container = self.pods["Launcher"]["containers"][0]
        self.assertIn(f"WORKDIR {container['workingDir']}\n",
                      (convoy.ROOT / "launch/Containerfile").read_text())
        for path in (container["command"][0], container["args"][1]):
            self.assertTrue((convoy.ROOT / path).exists(), path)


if __name__ == "__main__":
    unittest.main(verbosity=2)
