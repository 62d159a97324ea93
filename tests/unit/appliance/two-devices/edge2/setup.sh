#!/bin/sh
# Interfaces, pinned routes and filters of device edge2, once after each start; made by the appliance generator.
set -eu
cd "$(dirname "$0")"
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
nft -f nftables.conf
ip link show eth2.100 >/dev/null 2>&1 ||
    ip link add link eth2 name eth2.100 type vlan id 100
ip link set eth2.100 up
ip link show eth3.200 >/dev/null 2>&1 ||
    ip link add link eth3 name eth3.200 type vlan id 200
ip link set eth3.200 up
rm -rf /run/hybrid-appliance
mkdir -p /run/hybrid-appliance
# The tunnels' outer packets take the Internet path, whatever ExpressRoute advertises.
internet=$(ip -4 route show default dev eth0 | sed -n '1s/^default \(via [0-9.]*\).*/\1/p')
internet="$internet dev eth0"
ip route replace 192.0.2.4/32 $internet
ip route replace 192.0.2.5/32 $internet
# tunnel0: an XFRM interface, down until its tunnel is up.
ip link show tunnel0 >/dev/null 2>&1 ||
    ip link add tunnel0 type xfrm dev eth0 if_id 1
ip link set tunnel0 mtu 1400
# tunnel1: an XFRM interface, down until its tunnel is up.
ip link show tunnel1 >/dev/null 2>&1 ||
    ip link add tunnel1 type xfrm dev eth0 if_id 2
ip link set tunnel1 mtu 1400
