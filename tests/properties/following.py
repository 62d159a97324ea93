"""Does what the proof's problems advise, as a user would: each way out that a message names, made in the settings."""

import json
import re
from typing import Any

import yaml

Values = dict[str, Any]
_PREFIX = re.compile(r"\d+\.\d+\.\d+\.\d+/\d+")
_ROUTE = re.compile(r"\{name: [^}]*VirtualAppliance[^}]*\}")


class NoWayOut(Exception):
    """The message names nothing that can be changed in the settings alone."""


def followed(values: Values, path: str, message: str) -> Values:
    """The settings after the first way out of a problem. Raises NoWayOut where it names none."""
    changed = json.loads(json.dumps(values))
    _Follower(changed, path, message).follow()
    return changed


class _Follower:
    def __init__(self, values: Values, path: str, message: str) -> None:
        self.values, self.path, self.message = values, path, message

    def follow(self) -> None:
        """Tries each way out that messages know, the most telling first."""
        for way in (self.route, self.lead, self.take_away, self.say, self.machine, self.prefixes):
            if way():
                return
        raise NoWayOut(self.message)

    def at(self, path: str) -> Any:
        """What is at a path of the settings; a list that is not there is made."""
        node: Any = self.values
        for name, index in re.findall(r"(\w+)|\[(\d+)\]", path):
            node = node[int(index)] if index else node.setdefault(name, [])
        return node

    def route(self) -> bool:
        """add {...} to PATH; or: add to PATH {...}, {...}"""
        lines = [yaml.safe_load(line) for line in _ROUTE.findall(self.message)]
        found = re.search(r"add to (\S+) \{|\} to (\S+),", self.message)
        if not lines or not found:
            return False
        if "fastPath: false" in self.message:
            self._set(self.path, False)
        if "gatewayRoutes: false" in self.message:
            self.at(found[1].removesuffix(".routes"))["gatewayRoutes"] = False
        owner = (found[1] or found[2]).removesuffix(",")
        if not owner.endswith("outes"):
            raise NoWayOut(self.message)
        table = self.at(owner)
        for line in lines:
            assert line["prefix"] not in {route["prefix"] for route in table}, f"twice in {owner}: {self.message}"
            table.append(line)
        return True

    def lead(self) -> bool:
        """let it lead to ADDRESS"""
        found = re.search(r"let it lead to (\S+) \(nextHopType: VirtualAppliance\)", self.message)
        if found:
            self.at(self.path).update(nextHopType="VirtualAppliance", nextHopAddress=found[1])
        return bool(found)

    def take_away(self) -> bool:
        """remove it"""
        if not re.search(r"[;:] remove it(,| there)", self.message) or not self.path.endswith("]"):
            return False
        owner, _, index = self.path.rpartition("[")
        self.at(owner).pop(int(index[:-1]))
        return True

    def say(self) -> bool:
        """set NAME: VALUE"""
        found = re.search(r"set (\w+): (true|false)", self.message)
        if not found or not self.path.endswith(found[1]):
            return False
        self._set(self.path, found[2] == "true")
        return True

    def machine(self) -> bool:
        """add {name: ..., address: ADDRESS, redundant: true}"""
        found = re.search(r"add \{name: \.\.\., address: (\S+), redundant: true\}", self.message)
        if found:
            firewall = {"name": f"fw-{found[1]}".replace(".", "-"), "address": found[1], "redundant": True}
            self.at("network.firewalls").append(firewall)
        return bool(found)

    def prefixes(self) -> bool:
        """PREFIX ...: add it to PATH"""
        found = re.search(r"add it to (\S+\.prefixes|the prefixes of one of vpn\.sites)", self.message)
        if not found:
            return False
        path = "vpn.sites[0].prefixes" if " " in found[1] else found[1].removesuffix(",")
        owner, _, name = path.rpartition(".")
        said = self.message.partition(":")[0].partition(" is ")[0].partition(" are ")[0].partition(" cannot ")[0]
        list_of = self.at(owner)
        list_of.setdefault(name, list(self.values["onPremises"]["prefixes"]))
        new = [prefix for prefix in _PREFIX.findall(said) if prefix not in list_of[name]]
        assert new, f"already in {path}: {self.message}"
        list_of[name] += new
        return True

    def _set(self, path: str, value: Any) -> None:
        owner, _, name = path.rpartition(".")
        self.at(owner)[name] = value
