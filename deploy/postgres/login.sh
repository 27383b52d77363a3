#!/bin/sh
# Puts the password of a login, from a file, into the address of the record, and runs alert-router with that setting.
#
#   LOGIN=ar_projector SETTING=POSTGRES__PROJECTOR_URL DATABASE=postgres:5432/alert_router ./login.sh projector
#
# The file is PASSWORDS/LOGIN. Passwords are of letters, digits, - and _ alone.
set -eu

password=$(cat "${PASSWORDS:-/run/secrets}/$LOGIN")
case $password in
'' | *[!A-Za-z0-9_-]*) echo "the password of $LOGIN is empty, or has other characters than letters, digits, - and _" >&2; exit 2 ;;
esac
export "ALERT_ROUTER_$SETTING=postgresql://$LOGIN:$password@$DATABASE"
unset password

exec alert-router "$@"
