#!/bin/sh
# Gives each login of the record its password, out of a file of the login's name. PostgreSQL's image runs it once, when it makes
# the database, after router/adapters/postgres/roles.sql has made the logins. An empty password would lock a login out.
set -eu

logins="ar_migrator ar_api ar_projector ar_auditor"
for login in $logins; do
    if [ -z "$(cat "${PASSWORDS:-/run/secrets}/$login")" ]; then
        echo "the password of $login is empty, or not there" >&2
        exit 2
    fi
done
for login in $logins; do
    LOGIN=$login FILE="${PASSWORDS:-/run/secrets}/$login" psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
        --dbname "$POSTGRES_DB" <<'SQL'
\getenv login LOGIN
\set password `cat "$FILE"`
alter role :"login" password :'password';
SQL
done
