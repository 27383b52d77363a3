#!/bin/sh
# Puts the passwords of logins, from files, into the addresses of the record, and runs alert-router with those settings.
#
#   LOGINS="ar_api=POSTGRES__URL ar_auditor=AUDIT__URL" DATABASE=postgres:5432/alert_router ./login.sh control serve
#
# The file of a login is PASSWORDS/LOGIN. Passwords are of letters, digits, - and _ alone.
set -eu

for one in $LOGINS; do
    login=${one%%=*}
    password=$(cat "${PASSWORDS:-/run/secrets}/$login")
    case $password in
    '' | *[!A-Za-z0-9_-]*) echo "the password of $login is empty, or has other characters than letters, digits, - and _" >&2; exit 2 ;;
    esac
    export "ALERT_ROUTER_${one#*=}=postgresql://$login:$password@$DATABASE"
done
unset password

exec alert-router "$@"
