"""Building a world from its blueprint, and starting what is in it."""

from concurrent.futures import ThreadPoolExecutor

from .azure import build_fabric, build_gateways, build_microsoft
from .fabric import program
from .on_premises import build_internet, build_lan, install_devices
from .vpn_gateway import build_vpn_gateway
from .world import World


def build(world: World) -> None:
    """Builds everything and starts it; `lab.sessions` tells when it runs."""
    _prepare(world)
    # A daemon's start is mostly waiting.
    with ThreadPoolExecutor(4) as pool:
        for started in [pool.submit(job) for job in world.jobs]:
            started.result()


def build_tunnels_only(world: World) -> None:
    """Builds everything and starts only IPsec."""
    _prepare(world)
    # The gateways' daemons come before the devices', as they would have been there first.
    for job in world.jobs:
        if job.func.__name__ not in ("start_frr", "start_bird"):
            job()


def _prepare(world: World) -> None:
    for name in ("host", "internet", "vnet"):
        world.machine(name)
    build_fabric(world)
    build_internet(world)
    build_lan(world)
    build_gateways(world)
    build_vpn_gateway(world)
    build_microsoft(world)
    install_devices(world)
    program(world["vnet"], world.blueprint)
