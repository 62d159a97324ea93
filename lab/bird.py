"""What BIRD says: read from the words of its client, since it has no other form."""

DAEMON = "/usr/sbin/bird"


def learned(protocols: str) -> dict[str, int]:
    """Prefixes learned on each BGP session that is up, by the neighbour's address, from `show protocols all`."""
    found: dict[str, int] = {}
    up, neighbour = False, ""
    for line in protocols.splitlines():
        words = line.split()
        match words:
            case ["BGP", "state:", state]:
                up = state == "Established"
            case ["Neighbor", "address:", address, *_] if up:
                neighbour = address
                found[neighbour] = 0
            case ["Routes:", count, "imported,", *_] if up and neighbour:
                found[neighbour] = int(count)
                up, neighbour = False, ""
    return found


def bfd_peers(sessions: str) -> list[str]:
    """The peers that are seen, from `show bfd sessions`."""
    rows = (line.split() for line in sessions.splitlines())
    return [row[0] for row in rows if len(row) > 2 and row[2] == "Up"]
