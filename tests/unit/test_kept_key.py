"""A preview says that Azure keeps a connection's key, when another one is sent, and never what the keys are."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pulumi
import pytest

from components import kept_key
from tests.recording import record_program
from tests.stacks import keys_for, stack_config

OLD, NEW = "Old.Old.Old.Old.Old.42", "New.New.New.New.New.42"


def run(awaited: Coroutine[Any, Any, Any]) -> Any:
    """On a loop of its own; asyncio.run would leave the thread without the one that other tests' programs have."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(awaited)
    finally:
        loop.close()


def secret(value: str | None) -> Any:
    return None if value is None else pulumi.Output.secret(value)


@pytest.mark.parametrize(
    ("old", "new", "another"), [(OLD, NEW, True), (OLD, OLD, False), (None, NEW, False), (OLD, None, False)]
)
def test_only_another_key_is_another(old: str | None, new: str | None, another: bool) -> None:
    async def judged() -> bool:
        return await kept_key.is_another({"sharedKey": secret(old)}, {"sharedKey": secret(new)})

    assert run(judged()) is another


def test_a_key_that_is_not_known_yet_is_no_other() -> None:
    async def judged() -> bool:
        unknown: Any = pulumi.Output(set(), asyncio.sleep(0, None), asyncio.sleep(0, False))  # type: ignore[arg-type]
        return await kept_key.is_another({"sharedKey": OLD}, {"sharedKey": unknown})

    assert run(judged()) is False


def test_the_warning_names_site_and_command_and_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    args = pulumi.ResourceHookArgs("urn", "id", "hq", "type", {"sharedKey": NEW}, {"sharedKey": OLD})
    run(kept_key._tell(args))
    assert "rotate-key --site hq --from-stack" in said[0]
    assert not [key for key in (OLD, NEW) if key in said[0]]


def test_a_program_has_one_such_hook_for_all_its_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    real = pulumi.ResourceHook.__init__

    def counted(self: pulumi.ResourceHook, name: str, *args: Any, **options: Any) -> None:
        made.append(name)
        real(self, name, *args, **options)

    monkeypatch.setattr(pulumi.ResourceHook, "__init__", counted)
    config = stack_config("dev")
    sites = config["hybrid-network:vpn"]["sites"]
    other = {"name": "branch", "publicIp": "203.0.113.11", "bgp": {"asn": 65020, "peerAddress": "192.168.254.1"}}
    config["hybrid-network:vpn"]["sites"] = [*sites, {**other, "prefixes": ["192.168.0.0/16", "172.20.0.0/16"]}]
    record_program(config, {"vpnSharedKeys": keys_for(config)})
    assert made == ["key of hybrid-network"]
