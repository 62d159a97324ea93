"""The command line of the simulated Azure."""

import argparse
import contextlib
import json
import signal
import sqlite3
import sys
import threading
from collections.abc import Sized
from concurrent import futures
from pathlib import Path

from simulator import drift, exclusive, faults, outside, show
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.front import Front
from simulator.ids import SUBSCRIPTION
from simulator.options import Options

DESCRIPTION = """A simulated Azure for Pulumi's azure-native provider. It is not Azure: nothing here costs or connects.

Typical use:
    python -m simulator serve --cloud build/cloud.db            (prints a line to export; leave it running)
    export PULUMI_DEBUG_PROVIDERS=azure-native:PORT             (in another shell; then pulumi preview, up, ...)
    python -m simulator provision --cloud build/cloud.db erc-reference-primary

A cloud has as many subscriptions as are named (azure-native:subscriptionId, a provider's subscription_id), kept apart
as in Azure. One process serves a cloud at a time; the other commands may be used meanwhile.
"""
SERVE = f"""Serve the cloud to the Pulumi engine until interrupted.

One process serves a cloud at a time: a second one is refused, and told which process is the first. So is a port in use.
All providers of a program, and several engines, may use one served cloud. Each provider acts in its own subscription:
that of its configuration (azure-native:subscriptionId, or subscription_id of an explicit provider), else that of
ARM_SUBSCRIPTION_ID in the environment of this command (an attached provider does not see the engine's), else
{SUBSCRIPTION}.
With --arm-port, Azure's own clients may use the same cloud too: SDKs, azure-cli (docs/simulator.md says how). The
certificate that they have to trust is made on this machine and kept beside the cloud, with the server's key.
Any well-formed id is a subscription; --option subscriptions_not_found=ID,.. and --option
subscriptions_without_rights=ID,.. make exceptions.
"""
ID = "the resource's full id: /subscriptions/.."


def main(arguments: list[str]) -> int:
    """Run one command; the answer is the exit code: 0 well, 1 refused, 2 misused."""
    args = _parser().parse_args(arguments)
    try:
        return args.run(args)
    except AzureError as error:
        print(f"simulated Azure: {error.code}: {error.message}", file=sys.stderr)
        return 1
    except sqlite3.Error as error:
        print(f"simulator: {args.cloud}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
        print(f"simulator: {said}", file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m simulator", description=DESCRIPTION, formatter_class=raw)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str, *, cloud: bool = True, more: str = "") -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=more or text, formatter_class=raw)
        sub.set_defaults(run=run)
        shared = "; made when it is missing" if run is _serve else "; it may be served meanwhile"
        if cloud:
            sub.add_argument("--cloud", required=True, metavar="FILE", help="the cloud, an SQLite file" + shared)
        return sub

    serve = command("serve", _serve, "Serve the cloud to the Pulumi engine until interrupted.", more=SERVE)
    serve.add_argument(
        "--port", type=_port, default=0, metavar="NUMBER", help="TCP port on this machine; 0 takes a free one"
    )
    serve.add_argument(
        "--arm-port",
        type=_port,
        metavar="NUMBER",
        help="serve Azure Resource Manager over HTTPS too, on this TCP port of this machine; 0 takes a free one",
    )
    serve.add_argument("--faults", metavar="FILE", help="rules for faults, read again when the file changes")
    serve.add_argument("--minute-ms", type=float, help="real milliseconds per simulated minute (at first 50)")
    serve.add_argument(
        "--quiet-ms",
        type=float,
        help="for measuring: let time jump on when nothing happened for so many real milliseconds",
    )
    serve.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="see 'options'")
    sub = command("show", _show, "Show the cloud's resources, by subscription.")
    sub.add_argument("--json", action="store_true", help="as JSON")
    sub = command("alerts", _alerts, "Show which alerts ring, and what fired and was resolved.")
    sub.add_argument("--json", action="store_true", help="as JSON")
    sub = command("calls", _calls, "Show the log of calls to the simulated Azure.")
    sub.add_argument("--json", action="store_true", help="as JSON")
    for name, text in (
        ("provision", "Play the connectivity provider: provision a circuit."),
        ("deprovision", "Play the connectivity provider: deprovision a circuit."),
    ):
        sub = command(name, _provider_work, text)
        sub.set_defaults(work=name)
        sub.add_argument(
            "circuit", help="the circuit's name, or its id where two subscriptions or groups have the name"
        )
        sub.add_argument("--no-wait", action="store_true", help="do not wait until it is done")
        if name == "provision":
            sub.add_argument(
                "--with-peering",
                action="store_true",
                help="make the private peering too, as a layer 3 provider does (no privatePeering in the settings)",
            )
    text = "Say what is outside: what devices announce on links and tunnels, with which key, up or down."
    sub = command("outside", _outside, text, more=outside.__doc__ or "")
    sub.add_argument("file", help="the file, - for standard input; it takes the place of what was said before")
    sub = command("read", _read, "Print one resource as Azure would answer it.")
    sub.add_argument("id", help=ID)
    sub = command("set", _set, "Change a resource behind Pulumi's back: PROPERTY.PATH=JSON ...")
    sub.add_argument("id", help=ID)
    sub.add_argument("change", nargs="+", help="such as tags.owner=someone or sku.name=ErGw2AZ; =null removes")
    sub = command("remove", _remove, "Take a resource away behind Pulumi's back, whatever uses it.")
    sub.add_argument("id", help=ID)
    sub = command("add", _add, "Make a resource of another owner exist: a circuit, an ExpressRoute Direct port, ...")
    sub.add_argument("id", help="its id, in any subscription")
    sub.add_argument("body", help="its properties as JSON")
    text = "Check a file of faults; --help explains what is in it."
    sub = command("faults", _faults, text, cloud=False, more=faults.__doc__ or "")
    sub.add_argument("what", choices=("check",), help="read the file and name every problem")
    sub.add_argument("file", help="the file of rules")
    command("options", _options, show.OPTIONS_TEXT, cloud=False)
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: a number from 0 to 65535")
    return int(text)


def _serve(args: argparse.Namespace) -> int:
    if args.minute_ms is not None and args.quiet_ms is not None:
        raise ValueError("give either --minute-ms or --quiet-ms")
    if args.faults and Path(args.faults).exists():
        faults.parse(Path(args.faults).read_text())
    with exclusive.serving(Path(args.cloud)):
        exclusive.check_port(args.port)
        exclusive.check_port(args.arm_port or 0)
        cloud = Cloud(args.cloud, minute_ms=args.minute_ms, quiet_ms=args.quiet_ms)
        try:
            return _serve_cloud(args, cloud)
        finally:
            cloud.close()


def _serve_cloud(args: argparse.Namespace, cloud: Cloud) -> int:
    import grpc
    from pulumi.runtime.proto import provider_pb2_grpc

    from simulator.provider import Provider, Watch

    options = cloud.options
    for assignment in args.option:
        options = options.with_text(assignment)
    cloud.set_options(options)
    front = Front(cloud, faults.Faults(cloud, args.faults))
    provider = Provider(cloud, front)
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=128),
        interceptors=[Watch(cloud.clock)],
        options=[("grpc.so_reuseport", 0)],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    try:
        port = server.add_insecure_port(f"127.0.0.1:{args.port}")
    except RuntimeError as error:
        raise ValueError(str(error)) from None  # taken since it was checked
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with contextlib.ExitStack() as also:
        server.start()
        print(f"PULUMI_DEBUG_PROVIDERS=azure-native:{port}", flush=True)
        if args.arm_port is not None:
            _serve_arm(args, cloud, front, also)
        print(f"simulated Azure in {args.cloud}; end with Ctrl-C", file=sys.stderr, flush=True)
        # A signal that comes just before a wait without end would be seen only when another one comes.
        while not ended.wait(0.2):
            pass
    provider.stop()
    server.stop(1).wait()
    return 0


def _serve_arm(args: argparse.Namespace, cloud: Cloud, front: Front, also: contextlib.ExitStack) -> None:
    # Only who asks for it pays for its imports.
    from simulator.arm.serving import serving

    endpoint = also.enter_context(serving(cloud, front, Path(f"{args.cloud}.arm"), args.arm_port))
    print(f"SIMULATED_ARM={endpoint.url}", flush=True)
    print(f"SIMULATED_ARM_CA={endpoint.ca}", flush=True)
    print(f"SIMULATED_ARM_AZ_CLOUD={endpoint.az}", flush=True)


def _show(args: argparse.Namespace) -> int:
    print(show.resources(_open(args), as_json=args.json))
    return 0


def _alerts(args: argparse.Namespace) -> int:
    print(show.alerts(_open(args), as_json=args.json))
    return 0


def _calls(args: argparse.Namespace) -> int:
    print(show.calls(_open(args), as_json=args.json))
    return 0


def _open(args: argparse.Namespace) -> Cloud:
    if not Path(args.cloud).exists():
        raise ValueError(f"{args.cloud}: no such cloud; `make simulator` keeps its own in build/cloud.db")
    return Cloud(args.cloud)


def _provider_work(args: argparse.Namespace) -> int:
    cloud = _open(args)
    if args.work == "provision":
        work = drift.provision(cloud, args.circuit, with_peering=args.with_peering)
    else:
        work = drift.deprovision(cloud, args.circuit)
    if not args.no_wait:
        cloud.wait(work)
    done = "under way" if args.no_wait else "done"
    print(f"simulated provider: {args.work} of {work.id.rsplit('/', 1)[1]} {done}")
    return 0


def _outside(args: argparse.Namespace) -> int:
    text = sys.stdin.read() if args.file == "-" else Path(args.file).read_text()
    told = outside.parse(text)
    _open(args).connect(told)
    print(f"simulated outside: {_counted(told.links, 'link')}, {_counted(told.tunnels, 'tunnel')}")
    return 0


def _counted(items: Sized, what: str) -> str:
    return f"{len(items)} {what}{'' if len(items) == 1 else 's'}"


def _read(args: argparse.Namespace) -> int:
    print(json.dumps(show.masked(_open(args).get(args.id)), indent=2))
    return 0


def _set(args: argparse.Namespace) -> int:
    drift.change(_open(args), args.id, drift.read_changes(args.change))
    return 0


def _remove(args: argparse.Namespace) -> int:
    drift.remove(_open(args), args.id)
    return 0


def _add(args: argparse.Namespace) -> int:
    drift.add(Cloud(args.cloud), args.id, json.loads(args.body))
    return 0


def _faults(args: argparse.Namespace) -> int:
    rules = faults.parse(Path(args.file).read_text())
    print(f"{args.file}: {_counted(rules, 'rule')}, all good")
    return 0


def _options(args: argparse.Namespace) -> int:
    print(show.options(Options()))
    return 0
