#!/bin/sh
# Puts these files in place on Debian 12; run as root. Made by the appliance generator.
# What was there before, and is another, stays beside it under its name and .kept (.kept.~1~ and so on before that).
set -eu
umask 077
cd "$(dirname "$0")"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
keep() {
    if [ -e "$2" ] && ! cmp -s "$1" "$2"; then
        cp -p --backup=numbered "$2" "$2.kept"
        echo "Kept $2 as $2.kept"
    fi
}
# put MODE FILE TARGET [OWNER]
put() {
    keep "$2" "$3"
    install -m "$1" ${4:+-o "$4" -g "$4"} "$2" "$3"
}
# What an earlier folder installed and this one does not have goes where no daemon reads it.
here="/etc/strongswan.d/hybrid-appliance.conf /etc/swanctl/conf.d/hybrid-secrets.conf /etc/systemd/system/strongswan.service.d/hybrid-appliance.conf"
here="$here /etc/swanctl/conf.d/tunnel0.conf"
here="$here /etc/swanctl/conf.d/tunnel1.conf"
stale=
for file in /etc/strongswan.d/hybrid-appliance.conf /etc/swanctl/conf.d/hybrid-secrets.conf /etc/swanctl/conf.d/tunnel*.conf \
    /etc/hybrid-appliance/strongswan-tunnel*.conf /etc/hybrid-appliance/swanctl/*.conf \
    /etc/systemd/system/strongswan.service.d/hybrid-appliance.conf /etc/systemd/system/hybrid-appliance-tunnel*.service; do
    [ -e "$file" ] || continue
    case " $here " in *" $file "*) continue ;; esac
    case $file in
    */conf.d/tunnel*) grep -q "made by the appliance generator" "$file" || continue ;;
    *.service)
        stale="$stale ${file##*/}"
        [ ! -d /run/systemd/system ] || systemctl disable "${file##*/}"
        ;;
    esac
    case $file in
    */swanctl/conf.d/*) case $stale in *" strongswan") ;; *) stale="$stale strongswan" ;; esac ;;
    esac
    mv --backup=numbered "$file" "$file.kept"
    echo "Moved $file to $file.kept: nothing here takes its place"
done
install -d -m 755 /etc/hybrid-appliance /etc/hybrid-appliance/swanctl /etc/systemd/system /etc/systemd/system/strongswan.service.d
for name in setup.sh updown.sh watch.sh; do put 755 $name /etc/hybrid-appliance/$name; done
put 644 nftables.conf /etc/hybrid-appliance/nftables.conf
cat frr.conf frr-secrets.conf >"$made/frr.conf"
put 600 "$made/frr.conf" /etc/frr/frr.conf frr
sed 's/^bgpd=.*/bgpd=yes/; s/^bfdd=.*/bfdd=yes/' /etc/frr/daemons >"$made/daemons"
keep "$made/daemons" /etc/frr/daemons
cat "$made/daemons" >/etc/frr/daemons
put 644 strongswan.conf /etc/strongswan.d/hybrid-appliance.conf
put 644 swanctl/tunnel0.conf /etc/swanctl/conf.d/tunnel0.conf
put 644 swanctl/tunnel1.conf /etc/swanctl/conf.d/tunnel1.conf
put 600 swanctl/secrets.conf /etc/swanctl/conf.d/hybrid-secrets.conf
cat >"$made/unit" <<'UNIT'
[Unit]
Description=Interfaces, pinned routes and packet filter of the appliance
After=network-online.target nftables.service
Wants=network-online.target
Before=frr.service strongswan.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/etc/hybrid-appliance/setup.sh

[Install]
WantedBy=multi-user.target
UNIT
put 644 "$made/unit" /etc/systemd/system/hybrid-appliance.service
cat >"$made/unit" <<'UNIT'
[Unit]
Requires=hybrid-appliance.service
After=hybrid-appliance.service

[Service]
# A daemon that was killed has left its marks; see updown.sh.
ExecStartPre=/bin/sh -c 'rm -rf /run/hybrid-appliance/tunnel*'
UNIT
put 644 "$made/unit" /etc/systemd/system/strongswan.service.d/hybrid-appliance.conf
cat >"$made/unit" <<'UNIT'
[Unit]
Description=Open a tunnel of the appliance that is not there

[Service]
Type=oneshot
ExecStart=/etc/hybrid-appliance/watch.sh
UNIT
put 644 "$made/unit" /etc/systemd/system/hybrid-appliance-watch.service
cat >"$made/unit" <<'UNIT'
[Unit]
Description=Look after the tunnels of the appliance

[Timer]
OnActiveSec=30
OnUnitActiveSec=30

[Install]
WantedBy=timers.target
UNIT
put 644 "$made/unit" /etc/systemd/system/hybrid-appliance-watch.timer
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl enable hybrid-appliance strongswan frr hybrid-appliance-watch.timer
    echo "Installed. Start with: ${stale:+systemctl stop$stale; }systemctl restart hybrid-appliance strongswan frr hybrid-appliance-watch.timer"
else
    echo "Installed. There is no systemd here: run /etc/hybrid-appliance/setup.sh, then start the daemons."
fi
echo "Warning: after that no new SSH connection comes in on eth0; managedFrom in the wiring file says from where one may" >&2
