#!/bin/sh
# A tunnel's interface is up while the tunnel is, so that its routes go away with it; made by the appliance generator.
# Each security association leaves a mark, because an old one may end after its successor began.
set_tunnel() { ip link set "$PLUTO_CONNECTION" "$1"; }
marks=/run/hybrid-appliance/$PLUTO_CONNECTION
mkdir -p "$marks"
case $PLUTO_VERB in
up-client)
    : >"$marks/$PLUTO_UNIQUEID"
    set_tunnel up
    ;;
down-client)
    rm -f "$marks/$PLUTO_UNIQUEID"
    [ -n "$(ls -A "$marks")" ] || set_tunnel down
    ;;
esac
