"""`python -m tests.lab.filtering FILE`, in the lab's namespaces: what a device's packet filter lets in, tried.

Everything is tried without the filter first: what does not arrive then says nothing about the filter.
"""

import json
import subprocess
import sys
from pathlib import Path

from appliance.wiring import Wiring
from lab.isolation import settle_in
from lab.machine import Machine, connect, wait
from tests.unit.appliance.rendered import files, settings

GATEWAY, STRANGER, MANAGER, DEVICE = "192.0.2.4", "203.0.113.99", "203.0.113.65", "203.0.113.10"
TRIED: dict[str, tuple[str, str, str, int]] = {
    "the gateway's IKE": (GATEWAY, "udp", DEVICE, 500),
    "the gateway's ESP in UDP": (GATEWAY, "udp", DEVICE, 4500),
    "another service for the gateway": (GATEWAY, "udp", DEVICE, 53),
    "BGP for the gateway outside the tunnel": (GATEWAY, "tcp", DEVICE, 179),
    "a stranger's IKE": (STRANGER, "udp", DEVICE, 500),
    "a stranger's SSH": (STRANGER, "tcp", DEVICE, 22),
    "the manager's SSH": (MANAGER, "tcp", DEVICE, 22),
    "a stranger to on-premises": (STRANGER, "udp", "192.168.7.7", 500),
}
"""What is tried: from where, how, to which address and port. Each gets an echo where it arrives."""
LISTEN = """
import select, socket
found = {}
for kind, ports in ((socket.SOCK_DGRAM, (53, 500, 4500)), (socket.SOCK_STREAM, (22, 179))):
    for port in ports:
        one = socket.socket(socket.AF_INET, kind)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("0.0.0.0", port))
        if kind == socket.SOCK_STREAM:
            one.listen()
        found[one.fileno()] = one
print("ready", flush=True)
while True:
    for one in select.select(list(found.values()), [], [])[0]:
        if one.type == socket.SOCK_STREAM:
            one.accept()[0].close()
        else:
            data, sender = one.recvfrom(99)
            one.sendto(data, sender)
"""
ASK = """
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor

def answered(asked):
    name, (source, kind, target, port) = asked
    one = socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    one.settimeout(2)
    one.bind((source, 0))
    try:
        one.connect((target, port))
        if kind == "udp":
            one.send(b"x")
            one.recv(9)
        return name, True
    except OSError:
        return name, False

tried = json.loads(sys.argv[1])
with ThreadPoolExecutor(len(tried)) as threads:
    print(json.dumps(dict(threads.map(answered, tried.items()))))
"""


def main() -> None:
    """Writes what arrived, without the filter and with it."""
    settle_in()
    device, internet, lan = (Machine(name) for name in ("device", "internet", "lan"))
    connect(device, "eth0", internet, "eth0")
    connect(device, "eth1", lan, "eth0")
    device.address("eth0", f"{DEVICE}/24")
    device.address("eth1", "192.168.0.1/16")
    lan.address("eth0", "192.168.7.7/16")
    internet.address("eth0", f"{STRANGER}/24", f"{MANAGER}/24", f"{GATEWAY}/32")
    device.route(f"{GATEWAY}/32", "dev", "eth0")
    device.route("default", "via", STRANGER)
    lan.route("default", "via", "192.168.0.1")
    internet.route("192.168.0.0/16", "via", DEVICE)
    for machine in (device, lan, internet):
        machine.start("listener", sys.executable, "-c", LISTEN)
        wait(lambda m=machine: "ready" in m.log("listener"), f"{machine.name} does not listen", 20)
    wiring = Wiring.model_validate({"managedFrom": [f"{MANAGER}/32"]})
    rules = files(settings("dev"), wiring=wiring)["nftables.conf"]
    outwards = {"what the device asks for": (DEVICE, "udp", STRANGER, 53)}
    leak = {"what is for Azure": ("192.168.7.7", "tcp", "10.20.1.1", 22)}
    internet.address("lo", "10.20.1.1/32")
    found: dict[str, dict[str, bool]] = {}
    for when in ("without", "with"):
        if when == "with":
            device.run("nft", "-f", "-", text=rules)
        found[when] = ask(internet, TRIED) | ask(device, outwards) | ask(lan, leak)
    for machine in (device, lan, internet):
        machine.processes["listener"].kill()
    Path(sys.argv[1]).write_text(json.dumps(found))


def ask(machine: Machine, tried: dict[str, tuple[str, str, str, int]]) -> dict[str, bool]:
    """Whether each of the tried is answered."""
    command = machine.command(sys.executable, "-c", ASK, json.dumps(tried))
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main()
