#!/bin/sh
# Puts the passwords of the logins, from variables, into users.acl, and starts a server that knows these logins and no others.
#
#   GATEWAY_PASSWORD=... WORKER_PASSWORD=... OPERATOR_PASSWORD=... ./start.sh valkey-server redis.conf ...
#
# With a record in PostgreSQL PROJECTOR_PASSWORD as well, and with a control API CONTROL_PASSWORD; without one there is no such
# login. The finished file is written to LOGINS, which should be in memory, and of which the server becomes the reader. Passwords
# are of letters, digits, - and _ alone.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
LOGINS=${LOGINS:-/tmp/users.acl}

projector=${PROJECTOR_PASSWORD:-} control=${CONTROL_PASSWORD:-}
for one in "$GATEWAY_PASSWORD" "$WORKER_PASSWORD" "$OPERATOR_PASSWORD" "${projector:-none}" "${control:-none}"; do
    case $one in
    '' | *[!A-Za-z0-9_-]*) echo "a password is empty, or has other characters than letters, digits, - and _" >&2; exit 2 ;;
    esac
done
with_projector="s/[$]{PROJECTOR_PASSWORD}/$projector/" with_control="s/[$]{CONTROL_PASSWORD}/$control/"
[ -n "$projector" ] || with_projector='/^user projector /d'
[ -n "$control" ] || with_control='/^user control /d'
sed -e "s/[$]{GATEWAY_PASSWORD}/$GATEWAY_PASSWORD/" \
    -e "s/[$]{WORKER_PASSWORD}/$WORKER_PASSWORD/" \
    -e "s/[$]{OPERATOR_PASSWORD}/$OPERATOR_PASSWORD/" \
    -e "$with_projector" -e "$with_control" "$here/users.acl" > "$LOGINS"

unset GATEWAY_PASSWORD WORKER_PASSWORD OPERATOR_PASSWORD PROJECTOR_PASSWORD CONTROL_PASSWORD
unset projector control with_projector with_control
exec "$@" --aclfile "$LOGINS"
