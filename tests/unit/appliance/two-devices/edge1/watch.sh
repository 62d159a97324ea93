#!/bin/sh
# Loads the packet filter where it is gone, and opens a tunnel that is not there; run every 30 s. Made by the appliance generator.
cd "$(dirname "$0")"
# Somebody's `flush ruleset` takes the packet filter away, and the device would be open.
nft list table inet hybrid_appliance >/dev/null 2>&1 || {
    echo "watch.sh: the packet filter was gone; it is loaded again" >&2
    nft -f nftables.conf
}
# strongSwan itself tries again when the gateway is silent, but not when the gateway refuses, as one does that starts.
swanctl --list-sas --ike tunnel0 2>/dev/null | grep -q -e INSTALLED -e CONNECTING ||
    swanctl --initiate --child tunnel0 --timeout 5 >/dev/null 2>&1
swanctl --list-sas --ike tunnel1 2>/dev/null | grep -q -e INSTALLED -e CONNECTING ||
    swanctl --initiate --child tunnel1 --timeout 5 >/dev/null 2>&1
exit 0
