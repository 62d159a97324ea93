"""`python -m operations rotate-key` on a simulated network: one key everywhere, whatever fails."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from operations.azure import Azure, AzureError, UsageError
from operations.journal import BusyError, Journal
from operations.key_file import KeyFile, KeyFileError
from operations.rotate import Outcome, Rotation, UnfinishedError, make_key
from operations.stack import PulumiError
from tests.live_network import LiveNetwork, live_network
from tests.stacks import KEY, stack_config
from tests.unit.operations.moments import Dead, Moments, dead

Json = dict[str, Any]
NEW = "New.Key_Of+The_Tunnel42"
ENTRY = """# The shared key of site hq.
secrets {
  ike-other {
    secret = 0sb3RoZXI=
  }
  ike-hq {
    id-0 = 198.51.100.1
    secret = "REPLACE_WITH_THE_SHARED_KEY"
  }
}
"""


@pytest.fixture(scope="module")
def dev() -> Iterator[LiveNetwork]:
    with live_network(stack_config("dev")) as network:
        yield network


@dataclass
class Stack:
    """The stack's secret."""

    key: str = KEY
    fails: int = 0

    def get(self) -> str:
        return self.key

    def set(self, key: str) -> None:
        if self.fails:
            self.fails -= 1
            raise PulumiError(("pulumi", "config", "set"), "no space left on device")
        self.key = key


@dataclass
class Trial:
    """Rotations of one site. The device has the key that somebody gave it last."""

    network: LiveNetwork
    folder: Path
    stack: Stack = field(default_factory=Stack)
    said: list[str] = field(default_factory=list)

    @property
    def record(self) -> Path:
        return self.folder / "record.json"

    @property
    def file(self) -> Path:
        return self.folder / "secrets.conf"

    def device(self, key: str) -> None:
        self.network.connect(lambda outside: outside["tunnels"][0].update(key=key))

    def rotation(self, follows: bool = True, minutes: float = 2.0) -> Rotation:
        """follows: the device's operator changes the key as soon as Azure has it."""
        azure, live = self.network.azure, self.network.live
        file = KeyFile(self.file, "hq") if self.file.exists() else None

        def tell(text: str) -> None:
            self.said.append(text)
            if follows and "device's turn" in text:
                self.device(NEW)

        options: Json = {"file": file, "minutes": minutes, "pause_s": 60.0, "tell": tell}
        return Rotation(azure, live, "hq", self.stack, self.record, **options)

    def run(self, **options: Any) -> Outcome:
        rotation = self.rotation(**options)
        rotation.check(NEW)
        return rotation.run(NEW)

    @property
    def azure_key(self) -> str:
        client = self.network.azure.client(self.network.live.group.split("/")[2])
        connections = client.virtual_network_gateway_connections
        return connections.get_shared_key("rg-dev", "con-dev-vpn-hq").value

    @property
    def file_key(self) -> str:
        found = self.file.read_text().split("ike-hq")[1].split("secret = ")[1].split()[0]
        return base64.b64decode(found.removeprefix("0s")).decode()

    def keys(self) -> set[str]:
        """The keys that Azure, the stack and the file have."""
        return {self.azure_key, self.stack.key, self.file_key}


@pytest.fixture
def trial(dev: LiveNetwork, tmp_path: Path) -> Iterator[Trial]:
    one = Trial(dev, tmp_path)
    one.file.write_text(ENTRY)
    yield one
    # Back to the first key, as another rotation would.
    from azure.mgmt.network.models import ConnectionSharedKey

    connections = dev.azure.client(dev.live.group.split("/")[2]).virtual_network_gateway_connections
    connections.begin_set_shared_key("rg-dev", "con-dev-vpn-hq", ConnectionSharedKey(value=KEY)).result()
    dev.connect()


def test_the_new_key_is_everywhere_and_the_tunnel_is_up(trial: Trial) -> None:
    assert trial.run() == Outcome("new", True)
    assert trial.keys() == {NEW}
    assert not trial.record.exists()
    assert trial.file.stat().st_mode & 0o777 == 0o600
    assert "0sb3RoZXI=" in trial.file.read_text()
    assert not [one for one in trial.said if NEW in one or KEY in one]


def test_a_device_that_does_not_follow_brings_the_old_key_back(trial: Trial) -> None:
    assert trial.run(follows=False) == Outcome("old", True)
    assert trial.keys() == {KEY}
    assert not trial.record.exists()


def test_a_tunnel_that_is_only_still_up_does_not_count(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """When Azure negotiates a live tunnel anew nobody documents (ROT-04): it is seen to come up again, or not."""
    rotation = trial.rotation(follows=False)
    before = rotation._established()
    assert len(before) == 2
    assert not rotation._up(before)
    assert rotation._up({})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "the key is empty"),
        ("has a space in it, so no", "character 4, 6, "),
        (KEY, "The new key is the old one"),
    ],
)
def test_a_key_that_azure_would_refuse_is_refused_before_anything_changes(trial: Trial, given: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        trial.rotation().check(given)
    assert said in str(refused.value)
    assert len(given) < 3 or given not in str(refused.value)


def test_it_does_not_begin_where_azure_and_the_stack_differ_already(trial: Trial) -> None:
    trial.stack.key = "Something.Else+Entirely_42"
    with pytest.raises(UsageError, match="--from-stack"):
        trial.rotation().check(NEW)


def test_the_stacks_key_is_given_to_azure(trial: Trial) -> None:
    """What a changed `vpnSharedKeys` and an update have not done [CONN-04]."""
    trial.stack.key = NEW
    rotation = trial.rotation()
    rotation.check(NEW, from_stack=True)
    assert rotation.run(NEW, from_stack=True) == Outcome("new", True)
    assert trial.keys() == {NEW}
    with pytest.raises(UsageError, match="nothing is to be done"):
        rotation.check(NEW, from_stack=True)


def test_an_unknown_site_and_a_file_without_it_are_refused(trial: Trial) -> None:
    network = trial.network
    with pytest.raises(UsageError, match="--site x: is no site of the stack; there are hq"):
        Rotation(network.azure, network.live, "x", trial.stack, trial.record, tell=trial.said.append)
    with pytest.raises(KeyFileError, match="has no secret of site branch"):
        KeyFile(trial.file, "branch").check()
    with pytest.raises(KeyFileError, match="cannot be read"):
        KeyFile(trial.folder / "none", "hq").check()


def steps(trial: Trial, follows: bool) -> int:
    """How many moments an undisturbed rotation has."""
    with pytest.MonkeyPatch.context() as patch:
        counted = Moments(0, Dead)
        install(counted, patch)
        trial.run(follows=follows)
    reset(trial)
    return counted.count


def install(moments: Moments, patch: pytest.MonkeyPatch) -> None:
    """The stack's secret and the file are places that a step can fail at, too."""
    moments.install(patch)
    moments.around(patch, Stack, "set")
    moments.around(patch, KeyFile, "write")


def reset(trial: Trial) -> None:
    """All as at first."""
    trial.device(KEY)
    trial.stack.key = KEY
    trial.file.write_text(ENTRY)
    rotation = trial.rotation()
    rotation._give_azure(KEY)


@pytest.mark.parametrize("follows", [True, False], ids=["the device follows", "the device does not"])
def test_a_killed_rotation_leaves_one_key_after_a_second_run(trial: Trial, follows: bool) -> None:
    count = steps(trial, follows)
    assert count >= 15
    apart = 0
    for at in range(1, count + 1, 1 if follows else 2):
        with pytest.MonkeyPatch.context() as patch:
            install(Moments(at, Dead), patch)
            with pytest.raises(Dead):
                trial.run(follows=follows)
        apart += trial.azure_key != trial.stack.key
        if trial.record.exists():
            assert not [key for key in (KEY, NEW) if key in trial.record.read_text()]
        dead(trial.record)
        outcome = trial.rotation(follows=False).resume()
        # What had not begun has left the file as it was.
        begun = "REPLACE_WITH" not in trial.file.read_text()
        assert (trial.keys() if begun else {trial.azure_key, trial.stack.key}) in ({KEY}, {NEW}), at
        if outcome is not None:
            assert trial.stack.key == (NEW if outcome.holds == "new" else KEY)
            # The device has the key that all have, since its operator did what was asked, or nothing.
            assert outcome.up, at
        assert not trial.record.exists()
        reset(trial)
    assert apart >= 3


REFUSALS: dict[str, Callable[[], Exception]] = {
    "Azure": lambda: AzureError("setting the shared key", "Forbidden", "no", 403),
    "the file": lambda: KeyFileError("secrets.conf: cannot be written"),
    "Pulumi": lambda: PulumiError(("pulumi", "config", "set"), "no"),
}
STEPS = {"Azure": (Azure, "change"), "the file": (KeyFile, "write"), "Pulumi": (Stack, "set")}


@pytest.mark.parametrize("where", STEPS)
def test_each_step_fails_once_and_one_key_is_left_at_the_second_run_at_the_latest(trial: Trial, where: str) -> None:
    owner, name = STEPS[where]
    for at in range(1, 4):
        seen = [0]
        real = getattr(owner, name)

        def fails(*args: Any, at: int = at, seen: list[int] = seen, real: Any = real) -> Any:
            seen[0] += 1
            if seen[0] == at:
                raise REFUSALS[where]()
            return real(*args)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, name, fails)
            try:
                trial.run()
            except UnfinishedError as error:
                said = str(error)
                assert "Run rotate-key again" in said
                assert "vpnSharedKeys.hq" in said
                assert not [key for key in (KEY, NEW) if key in said]
        dead(trial.record)
        trial.rotation(follows=False).resume()
        begun = "REPLACE_WITH" not in trial.file.read_text()
        assert (trial.keys() if begun else {trial.azure_key, trial.stack.key}) in ({KEY}, {NEW}), at
        assert not trial.record.exists()
        reset(trial)


def test_azures_words_never_have_a_key_in_them(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    rotation = trial.rotation()
    rotation.check(NEW)

    def quotes() -> None:
        raise AzureError("setting", "InvalidKey", f"{NEW} is not as good as {KEY}", 400)

    with pytest.raises(AzureError) as refused:
        trial.network.azure.ask("setting", quotes)
    assert str(refused.value) == "setting: InvalidKey: [secret] is not as good as [secret]"


def test_another_sites_unfinished_rotation_is_not_taken_for_this_ones(trial: Trial) -> None:
    Journal.begin(trial.record, "rotate-key", {"site": "branch"}, "").do("azure", {}, lambda: None)
    dead(trial.record)
    with pytest.raises(UsageError, match="for site branch"):
        trial.rotation().resume()
    trial.record.write_text(json.dumps(json.loads(trial.record.read_text()) | {"command": "drill"}))
    dead(trial.record)
    with pytest.raises(BusyError, match="is `drill`, not `rotate-key`"):
        trial.rotation().resume()


def test_keys_that_are_made_are_long_and_never_the_same() -> None:
    assert len({make_key() for _ in range(9)}) == 9
    assert all(len(key) == 64 and key.isalnum() for key in (make_key() for _ in range(9)))
