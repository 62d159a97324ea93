#!/bin/sh
# Interfaces, pinned routes and filters of device edge2, once after each start; made by the appliance generator.
set -eu
cd "$(dirname "$0")"
# Without the packet filter nothing is forwarded and nothing below is done.
nft -f nftables.conf
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
rm -rf /run/hybrid-appliance
mkdir -p /run/hybrid-appliance
# From here on what fails is told and the rest is done: one line or port that is dead does not take the others with it.
set +e
say() { echo "setup.sh: $*" >&2; }
# The tunnels' outer packets take the Internet path, whatever ExpressRoute advertises.
internet=$(ip -4 route show default dev eth0 | sed -n '1s/^default\( via [0-9.]*\)\{0,1\}.*/\1 dev eth0/p')
if [ -n "$internet" ]; then
    ip route replace 192.0.2.4/32 $internet || say "tunnel0 has no pinned route"
    ip route replace 192.0.2.5/32 $internet || say "tunnel1 has no pinned route"
else
    say "eth0 has no default route, so site hq2's tunnels have no pinned route; say internetNextHop in the wiring file"
fi
# tunnel0: an XFRM interface, down until its tunnel is up.
ip link show tunnel0 >/dev/null 2>&1 ||
    ip link add tunnel0 type xfrm dev eth0 if_id 1
ip link set tunnel0 mtu 1400
# tunnel1: an XFRM interface, down until its tunnel is up.
ip link show tunnel1 >/dev/null 2>&1 ||
    ip link add tunnel1 type xfrm dev eth0 if_id 2
ip link set tunnel1 mtu 1400
ip link set eth2 up || say "eth2, a port of ExpressRoute, is not there"
ip link set eth3 up || say "eth3, a port of ExpressRoute, is not there"
ip link show eth2.100 >/dev/null 2>&1 ||
    ip link add link eth2 name eth2.100 type vlan id 100
ip link set eth2.100 up ||
    say "eth2.100 cannot be made on eth2; once that is there: systemctl restart hybrid-appliance"
ip link show eth3.200 >/dev/null 2>&1 ||
    ip link add link eth3 name eth3.200 type vlan id 200
ip link set eth3.200 up ||
    say "eth3.200 cannot be made on eth3; once that is there: systemctl restart hybrid-appliance"
exit 0
