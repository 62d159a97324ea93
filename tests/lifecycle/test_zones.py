"""Zones by the region, on the real engine: a region without any, another cloud, and a load balancer that is there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.lifecycle.observe import ids, steps
from tests.stacks import KEY
from toolchain.workspace import Run, Workspace

UP = ("up", "--yes", "--skip-preview")
NO_CHANGES = ("preview", "--expect-no-changes")


@contextmanager
def dev(folder: Path, location: str, **settings: Any) -> Iterator[Workspace]:
    """The stack `dev` in another region, not deployed yet."""
    with Workspace.open(folder, stack="dev") as workspace:
        workspace.secret("vpnSharedKeys.hq", KEY)
        workspace.pulumi("config", "set", "azure-native:location", location).check()
        workspace.change(**settings)
        yield workspace


def zones(workspace: Workspace) -> dict[str, list[str]]:
    """The zones of everything that has some, by its name in Azure."""
    found: dict[str, list[str]] = {}
    for resource in workspace.cloud()["resources"]:
        holders = [resource, *resource.get("frontendIPConfigurations", [])]
        if all_zones := [zone for holder in holders for zone in holder.get("zones") or []]:
            found[resource["id"].rsplit("/", 1)[-1]] = all_zones
    return found


def warnings(run: Run) -> list[str]:
    """The warnings of a preview, each once."""
    return sorted({line.strip() for line in run.stdout.splitlines() if line.strip().startswith("warning: ")})


def network(workspace: Workspace, **balancer: Any) -> dict[str, Any]:
    """The stack's network with something else about its load balancer; None takes it out."""
    settings = workspace.settings()["hybrid-network:network"]
    changed = settings["tiers"][0]["loadBalancer"] | balancer
    settings["tiers"][0]["loadBalancer"] = {name: value for name, value in changed.items() if value is not None}
    return settings


def test_a_region_without_zones_is_deployed_changed_and_destroyed(tmp_path: Path):
    with dev(tmp_path / "dev", "West US") as workspace:
        workspace.pulumi(*UP).check()
        run = workspace.pulumi(*NO_CHANGES).check()
        assert [line.rsplit(" ", 1)[-1] for line in warnings(run)] == ["[PIP-12]"]
        assert zones(workspace) == {}
        before = ids(workspace)

        changed = network(workspace, port=8443)
        changed["tiers"].append({"name": "batch", "subnet": "10.20.3.0/24"})
        changed["tiers"][2]["loadBalancer"] = {"frontendAddress": "10.20.3.9", "port": 80}
        workspace.change(network=changed, zones=[])
        plan = steps(workspace)
        assert set(plan) == {"create", "update"}
        assert {"LoadBalancer batch"} <= plan["create"]
        assert "LoadBalancer web" in plan["update"]
        workspace.pulumi(*UP).check()
        workspace.pulumi(*NO_CHANGES).check()
        assert zones(workspace) == {}
        assert before.items() <= ids(workspace).items()

        workspace.change(zones=[1, 2, 3])
        refused = workspace.pulumi("preview")
        assert refused.code != 0
        assert "zones 1, 2, 3, but West US has no availability zones" in refused.text

        workspace.change(zones="auto")
        workspace.pulumi("destroy", "--yes").check()
        assert workspace.cloud()["resources"] == []


def test_another_cloud_s_region_is_previewed_with_its_zones(tmp_path: Path):
    for location, expected in (("usgovvirginia", ["1", "2", "3"]), ("usgovtexas", None)):
        with dev(tmp_path / location, location) as workspace:
            workspace.pulumi("config", "set", "azure-native:environment", "usgovernment").check()
            preview = json.loads(workspace.pulumi("preview", "--json").check().stdout)
            addresses = [
                step["newState"]["inputs"]
                for step in preview["steps"]
                if step["urn"].split("::")[2].endswith("network:PublicIPAddress")
            ]
            assert {inputs["location"] for inputs in addresses} == {location}
            assert [inputs.get("zones") for inputs in addresses] == [expected] * 3


def test_a_balancer_made_without_zones_stays_and_is_told_until_its_own_setting_says_others(tmp_path: Path):
    with dev(tmp_path / "dev", "westus2") as workspace:
        workspace.change(network=network(workspace, zones=[]))
        workspace.pulumi(*UP).check()
        before = ids(workspace)
        addresses = {name: ["1", "2", "3"] for name in ("pip-dev-vpn-1", "pip-dev-vpn-2", "pip-dev-bastion")}
        assert zones(workspace) == addresses

        # As a stack is that was made before frontends had zones: nothing says any.
        workspace.change(network=network(workspace, zones=None))
        run = workspace.pulumi(*UP).check()
        assert [line.rsplit(" ", 1)[-1] for line in warnings(run)] == ["[LB-01]"]
        workspace.pulumi(*NO_CHANGES).check()
        workspace.change(network=network(workspace, port=8443))
        assert steps(workspace)["update"] == {"ApplicationTier web", "LoadBalancer web"}
        workspace.pulumi(*UP).check()
        assert zones(workspace) == addresses

        workspace.change(network=network(workspace, zones=[1, 2, 3]))
        assert steps(workspace)["replace"] == {"LoadBalancer web"}
        run = workspace.pulumi(*UP).check()
        assert warnings(run) == []
        assert zones(workspace) == addresses | {"lbi-dev-web": ["1", "2", "3"]}
        assert ids(workspace) == before
        assert warnings(workspace.pulumi(*NO_CHANGES).check()) == []


def test_what_is_there_keeps_its_zones_whatever_all_new_things_get(tmp_path: Path):
    with dev(tmp_path / "dev", "westus2") as workspace:
        workspace.pulumi(*UP).check()
        before = zones(workspace)
        assert set(map(tuple, before.values())) == {("1", "2", "3")}
        workspace.change(zones=["2"])
        run = workspace.pulumi("preview").check()
        assert [line.rsplit(" ", 1)[-1] for line in warnings(run)] == ["[LB-01]", *["[PIP-07]"] * 3]
        assert set(steps(workspace)) == {"update"}
        changed = workspace.settings()["hybrid-network:network"]
        changed["tiers"][1]["loadBalancer"] = {"frontendAddress": "10.20.2.9", "port": 80}
        workspace.change(network=changed)
        workspace.pulumi(*UP).check()
        assert zones(workspace) == before | {"lbi-dev-data": ["2"]}


def test_the_address_of_bastion_is_replaced_with_its_host(tmp_path: Path):
    with dev(tmp_path / "dev", "westus2") as workspace:
        workspace.pulumi(*UP).check()
        workspace.change(names={"bastionPublicIp": "pip-own"})
        assert {"PublicIPAddress management", "BastionHost management"} == steps(workspace)["replace"]
        workspace.pulumi(*UP).check()
        workspace.pulumi(*NO_CHANGES).check()
