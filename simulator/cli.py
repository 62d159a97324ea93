"""The command line of the simulated Azure."""

import argparse
import json
import signal
import sys
import threading
from concurrent import futures
from pathlib import Path

from simulator import drift, faults, show
from simulator.cloud import Cloud
from simulator.errors import AzureError
from simulator.options import Options

DESCRIPTION = """A simulated Azure for Pulumi's azure-native provider. It is not Azure: nothing here costs or connects.

Typical use:
    python -m simulator serve --cloud build/cloud.sqlite        (prints a line to export; leave it running)
    export PULUMI_DEBUG_PROVIDERS=azure-native:PORT             (in another shell; then pulumi preview, up, ...)
    python -m simulator provision --cloud build/cloud.sqlite erc-reference
"""


def main(arguments: list[str]) -> int:
    """Run one command; the answer is the exit code: 0 well, 1 refused, 2 misused."""
    args = _parser().parse_args(arguments)
    try:
        return args.run(args)
    except AzureError as error:
        print(f"simulated Azure: {error.code}: {error.message}", file=sys.stderr)
        return 1
    except (ValueError, OSError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m simulator", description=DESCRIPTION, formatter_class=raw)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str, *, cloud: bool = True, more: str = "") -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=more or text, formatter_class=raw)
        sub.set_defaults(run=run)
        if cloud:
            sub.add_argument("--cloud", required=True, metavar="FILE", help="the cloud, an SQLite file")
        return sub

    serve = command("serve", _serve, "Serve the cloud to the Pulumi engine until interrupted.")
    serve.add_argument("--port", type=int, default=0, help="TCP port on this machine; 0 takes a free one")
    serve.add_argument("--faults", metavar="FILE", help="rules for faults, read again when the file changes")
    serve.add_argument("--minute-ms", type=float, help="real milliseconds per simulated minute (at first 50)")
    serve.add_argument(
        "--quiet-ms",
        type=float,
        help="for measuring: let time jump on when nothing happened for so many real milliseconds",
    )
    serve.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="see 'options'")
    sub = command("show", _show, "Show the cloud's resources.")
    sub.add_argument("--json", action="store_true", help="as JSON")
    sub = command("calls", _calls, "Show the log of calls to the simulated Azure.")
    sub.add_argument("--json", action="store_true", help="as JSON")
    for name, text in (
        ("provision", "Play the connectivity provider: provision a circuit."),
        ("deprovision", "Play the connectivity provider: deprovision a circuit."),
    ):
        sub = command(name, _provider_work, text)
        sub.set_defaults(work=name)
        sub.add_argument("circuit", help="the circuit's name or id")
        sub.add_argument("--no-wait", action="store_true", help="do not wait until it is done")
        if name == "provision":
            sub.add_argument("--with-peering", action="store_true", help="make the private peering too (layer 3)")
    sub = command("read", _read, "Print one resource as Azure would answer it.")
    sub.add_argument("id")
    sub = command("set", _set, "Change a resource behind Pulumi's back: PROPERTY.PATH=JSON ...")
    sub.add_argument("id")
    sub.add_argument("change", nargs="+", help="such as tags.owner=someone or sku.name=ErGw2AZ; =null removes")
    sub = command("remove", _remove, "Take a resource away behind Pulumi's back, whatever uses it.")
    sub.add_argument("id")
    sub = command("add", _add, "Make a resource of another owner exist: a circuit, an ExpressRoute Direct port, ...")
    sub.add_argument("id", help="its id, in any subscription")
    sub.add_argument("body", help="its properties as JSON")
    text = "Check a file of faults; --help explains what is in it."
    sub = command("faults", _faults, text, cloud=False, more=faults.__doc__ or "")
    sub.add_argument("what", choices=("check",), help="read the file and name every problem")
    sub.add_argument("file", help="the file of rules")
    command("options", _options, show.OPTIONS_TEXT, cloud=False)
    return parser


def _serve(args: argparse.Namespace) -> int:
    import grpc
    from pulumi.runtime.proto import provider_pb2_grpc

    from simulator.front import Front
    from simulator.provider import Provider, Watch

    options = None
    if args.minute_ms is not None and args.quiet_ms is not None:
        raise ValueError("give either --minute-ms or --quiet-ms")
    cloud = Cloud(args.cloud, minute_ms=args.minute_ms, quiet_ms=args.quiet_ms)
    if args.option:
        options = cloud.options
        for assignment in args.option:
            options = options.with_text(assignment)
        cloud.set_options(options)
    if args.faults and Path(args.faults).exists():
        faults.parse(Path(args.faults).read_text())
    rules = faults.Faults(cloud, args.faults)
    provider = Provider(cloud, Front(cloud, rules))
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=128),
        interceptors=[Watch(cloud.clock)],
        options=[("grpc.so_reuseport", 0)],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port(f"127.0.0.1:{args.port}")
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    server.start()
    print(f"PULUMI_DEBUG_PROVIDERS=azure-native:{port}", flush=True)
    print(f"simulated Azure in {args.cloud}; end with Ctrl-C", file=sys.stderr, flush=True)
    ended.wait()
    provider.stop()
    server.stop(1).wait()
    cloud.close()
    return 0


def _show(args: argparse.Namespace) -> int:
    print(show.resources(_open(args), as_json=args.json))
    return 0


def _calls(args: argparse.Namespace) -> int:
    print(show.calls(_open(args), as_json=args.json))
    return 0


def _open(args: argparse.Namespace) -> Cloud:
    if not Path(args.cloud).exists():
        raise ValueError(f"{args.cloud}: no such cloud")
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
    print(f"{args.file}: {len(rules)} rules, all good")
    return 0


def _options(args: argparse.Namespace) -> int:
    print(show.options(Options()))
    return 0
